// What the mock answers instead: a status and a reason.
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/// `value`, or a refusal where there is none.
export function orRefuse(value, status, detail) {
  if (value === undefined || value === null || value === false) throw new Refusal(status, detail);
  return value;
}
