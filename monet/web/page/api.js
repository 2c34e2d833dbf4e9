// Asking the server: JSON there and back, errors as `Problem`, a key when it wants one.
import { keyHeader, newKey } from "./key.js";
import { heard } from "./connection.js";

const limitMs = 20000;

/// What the server refused, or that it did not answer (status 0).
export class Problem extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    this.status = status;
    this.title = title;
  }
}

async function problemOf(response) {
  try {
    const { title, detail } = await response.json();
    return new Problem(response.status, title || response.statusText, detail);
  } catch {
    return new Problem(
      response.status,
      response.statusText || "Error",
      `the server answered with status ${response.status}`,
    );
  }
}

async function fetched(path, options, signal) {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await fetch(path, { ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
  } catch (error) {
    if (signal?.aborted) throw error;
    heard(0);
    throw new Problem(
      0,
      "No answer",
      limit.aborted ? `no answer within ${limitMs / 1000} s` : "the server cannot be reached",
    );
  }
}

/// The answer to one request, which throws a Problem where there is none, or an AbortError once `signal` is.
export async function send(path, { method = "GET", body, signal } = {}) {
  for (let again = false; ; again = true) {
    const headers = { ...keyHeader(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) };
    const response = await fetched(path, { method, headers, body: body && JSON.stringify(body) }, signal);
    heard(response.status);
    if (response.ok) return response;
    const problem = await problemOf(response);
    if (response.status !== 401 || !(await newKey(headers.Authorization, again ? problem.message : ""))) throw problem;
  }
}

/// `{data, milliseconds}`: what the answer says, and how long it took from here and back.
export async function ask(path, options) {
  const began = performance.now();
  const response = await send(path, options);
  const data = response.status === 204 ? null : await response.json();
  return { data, milliseconds: performance.now() - began };
}

export const get = async (path, signal) => (await ask(path, { signal })).data;
export const post = (path, body, signal) => ask(path, { method: "POST", body, signal });

/// `/v1/users/a%2Fb`, `?a=1` for what is given.
export function at(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const steps = "/v1/" + path.map(encodeURIComponent).join("/");
  return given.length ? `${steps}?${new URLSearchParams(given)}` : steps;
}
