#include "monet/api/route.h"
#include "monet/api/service.h"
#include "monet/core/error.h"
#include "monet/http/server.h"
#include "monet/serve/engine.h"
#include "monet/store/store.h"
#include "monet/web/assets.h"
#include "cli/commands.h"
#include "cli/event_weights.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/retraining.h"
#include "cli/say.h"
#include "cli/shop_catalogue.h"
#include "cli/usage_error.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace monet::cli {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kTick = 100ms;       // how soon a signal is heard
constexpr int kTicksToFollow = 10;  // how often the store is looked at for what others wrote
constexpr auto kGrace = 10s;        // for requests in flight

struct ServeOptions {
  fs::path artifact;
  std::string store;
  fs::path data;
  fs::path pictures;
  fs::path onnx;
  std::string address = "127.0.0.1";
  int port = 8080;
  fs::path keys;
  bool open = false;
  std::vector<std::string> origins;
  fs::path certificate;
  fs::path key;
  int threads = 1;
  int most_waiting = 512;
  int recent_days = 7;
  std::vector<std::string> event_weights;
  fs::path access_log;
  bool watch = false;
  std::string retrain_every;
  double retrain_margin = 0.02;
  serve::Candidates candidates = serve::Candidates::automatic;
};

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

void check(const ServeOptions& options) {
  if (!is_loopback(options.address) && options.keys.empty() && !options.open) {
    fail<UsageError>("--address {} is open to others: give --keys FILE, or say --open if everybody may do everything",
                     options.address);
  }
  if (options.certificate.empty() != options.key.empty()) {
    fail<UsageError>("--tls-certificate and --tls-key go together");
  }
  if (!options.pictures.empty() && !fs::is_directory(options.pictures)) {
    fail<IoError>("{}: no such folder of pictures; check --pictures", options.pictures.string());
  }
  for (const std::string& origin : options.origins) {
    if (origin == "*" || origin.starts_with("https://") || origin.starts_with("http://")) continue;
    fail<UsageError>("--allow-origin '{}' is no web site; expected https://shop.example, or * for any", origin);
  }
}

/// A line for each request, whole, whichever thread writes it. Where it cannot be written, that is said once, and
/// requests are answered all the same.
std::function<void(std::string_view)> access_log(const fs::path& path) {
  if (path.empty()) return {};
  struct File {
    std::FILE* file;
    std::mutex mutex;
    bool failed = false;
    ~File() {
      if (file != nullptr && file != stdout) std::fclose(file);
    }
  };
  const auto log = std::make_shared<File>();
  log->file = path == "-" ? stdout : std::fopen(path.c_str(), "ae");
  if (log->file == nullptr) fail<IoError>("{}: cannot be written to", path.string());
  return [log, path](std::string_view line) {
    const std::string text = fmt::format("{}\n", line);
    const std::lock_guard lock(log->mutex);
    const bool written =
        std::fwrite(text.data(), 1, text.size(), log->file) == text.size() && std::fflush(log->file) == 0;
    if (!written && !log->failed)
      say("monet serve: {}: {}; requests are not logged\n", path.string(), std::strerror(errno));
    if (!written) std::clearerr(log->file);
    log->failed = !written;
  };
}

std::vector<api::Page> pages() {
  std::vector<api::Page> pages;
  for (const web::Asset& asset : web::assets()) {
    pages.push_back({std::string(asset.path), std::string(asset.content_type),
                     std::make_shared<const std::string>(asset.bytes), std::string(asset.etag)});
  }
  return pages;
}

/// "24h", "90m", "30s", "7d" in seconds; "": 0.
std::int64_t seconds_of(const std::string& text) {
  if (text.empty()) return 0;
  const std::map<char, std::int64_t> units{{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
  const auto unit = units.find(text.back());
  std::int64_t number = 0;
  const char* const end = text.data() + text.size() - 1;
  const auto [read, error] = std::from_chars(text.data(), end, number);
  if (unit == units.end() || error != std::errc() || read != end || number < 1 || number > 100'000) {
    fail<UsageError>("--retrain-every '{}': a time belongs there, like 24h, 90m or 7d", text);
  }
  return number * unit->second;
}

/// What `monet retrain` is told beside what it is always told.
std::vector<std::string> retrain_arguments(const ServeOptions& options, const std::string& store) {
  std::vector<std::string> arguments{"--artifact", options.artifact.string(), "--store", store};
  if (!options.data.empty()) arguments.insert(arguments.end(), {"--data", options.data.string()});
  if (!options.event_weights.empty()) {
    arguments.insert(arguments.end(), {"--event-weights", join_list(options.event_weights)});
  }
  arguments.insert(arguments.end(), {"--margin", fmt::format("{}", options.retrain_margin)});
  arguments.insert(arguments.end(), {"--threads", std::to_string(options.threads)});
  return arguments;
}

api::ServiceOptions service_options(const ServeOptions& options, Retraining& retraining) {
  api::ServiceOptions service;
  service.retrain = [&retraining] { return retraining.start(); };
  service.retraining = [&retraining] { return retraining.state(); };
  if (!options.keys.empty()) service.keys = api::Keys::read(options.keys);
  service.origins = options.origins;
  service.pictures = options.pictures.empty() ? options.data : options.pictures;
  service.pages = pages();
  service.page_policy = web::kContentSecurityPolicy;
  service.queue.threads = options.threads;
  service.queue.most_waiting = static_cast<std::size_t>(options.most_waiting);
  service.access_log = access_log(options.access_log);
  return service;
}

http::ServerOptions server_options(const ServeOptions& options, const api::Service& service) {
  http::ServerOptions server;
  server.address = options.address;
  server.port = static_cast<std::uint16_t>(options.port);
  server.certificate = options.certificate;
  server.key = options.key;
  server.body_limit = [most = server.body_bytes](std::string_view path) { return api::body_limit(path, most); };
  server.refused = [&service](const http::Request& request, int status) { service.refused(request, status); };
  return server;
}

void reload(serve::Engine& engine) {
  const std::string before = engine.loaded()->version;
  try {
    engine.reload();
  } catch (const Error& error) {
    say("monet serve: the artifact is not exchanged: {}\n", error.what());
    return;
  }
  const std::string now = engine.loaded()->version;
  say("{}\n", now == before ? "the artifact is the same" : "serving the new artifact, " + now);
}

fs::file_time_type changed_at(const fs::path& artifact) {
  std::error_code error;
  return fs::last_write_time(artifact / "config.json", error);
}

/// Until a signal asks to stop: follows the store, the trainings, and the artifact where that is asked for.
void keep_current(const ServeOptions& options, serve::Engine& engine, Retraining& retraining) {
  const std::atomic<bool>& interrupted = poll_interrupts();
  std::atomic<bool>& hung_up = poll_hangups();
  fs::file_time_type seen = changed_at(options.artifact);
  std::string said;
  for (int tick = 0; !interrupted; ++tick) {
    std::this_thread::sleep_for(kTick);
    if (hung_up.exchange(false)) reload(engine);
    if (tick % kTicksToFollow != 0) continue;
    if (const fs::file_time_type now = changed_at(options.artifact); options.watch && now != seen) {
      seen = now;
      reload(engine);
    }
    try {
      if (retraining.look(std::time(nullptr))) reload(engine);
      engine.catch_up();
      said.clear();
    } catch (const Error& error) {
      if (said != error.what()) say("monet serve: {}\n", error.what());
      said = error.what();
    }
  }
}

int serve(const ServeOptions& options) {
  check(options);
  const std::int64_t retrain_every = seconds_of(options.retrain_every);
  const std::string address =
      options.store.empty() ? artifact::beside(options.artifact, ".db").string() : options.store;
  serve::EngineOptions engine_options;
  engine_options.artifact = options.artifact;
  engine_options.live.kind_weights = event_weights_of(options.event_weights);
  engine_options.candidates = options.candidates;
  engine_options.onnx = options.onnx;
  engine_options.live.recent_seconds = static_cast<std::int64_t>(options.recent_days) * 24 * 3600;
  if (!artifact::Artifact::is_artifact(options.artifact))
    artifact::Artifact::open(options.artifact);  // says what is wrong
  const std::unique_ptr<store::Store> store = store::open_store(address);
  if (!options.data.empty() && (!fs::exists(options.data) || fs::exists(options.data / "items.csv"))) {
    const std::size_t added = add_catalogue(*store, options.data / "items.csv");
    if (added > 0) say("{} items of {} are new in the store\n", added, options.data.string());
  }
  serve::Engine engine(engine_options, *store);
  Retraining retraining(options.artifact, retrain_arguments(options, address), retrain_every);
  api::Service service(engine, service_options(options, retraining));
  http::Server server(server_options(options, service), [&service](http::Request request, http::Reply reply) {
    service.handle(std::move(request), std::move(reply));
  });
  service.metrics().watch("monet_connections", "Open connections.",
                          [&server] { return static_cast<double>(server.counters().open); });
  server.start();
  say("serving {} ({}) with the store {}\n", options.artifact.string(),
      engine.loaded()->recommender.artifact().config().model, store->name());
  const bool six = options.address.find(':') != std::string::npos;
  print(fmt::format("{}://{}:{}\n", options.certificate.empty() ? "http" : "https",
                    six ? "[" + options.address + "]" : options.address, server.port()));
  keep_current(options, engine, retraining);
  say("stopping\n");
  service.stop_being_ready();
  server.stop(kGrace);
  return 0;
}

}  // namespace

Run add_serve(CLI::App& root) {
  CLI::App* app = root.add_subcommand("serve", "recommendations over HTTP, with a page to look at them");
  const auto options = std::make_shared<ServeOptions>();
  add_path(*app, "--artifact", options->artifact, "directory that `monet train` wrote")->required();
  add_value(*app, "--store", "FILE|URL", "events and items: a file, or postgresql://… (default: ARTIFACT.db)",
            [options](const std::string& value) { options->store = value; });
  add_path(*app, "--data", options->data, "directory that `monet prepare` wrote: titles, categories, prices");
  add_path(*app, "--pictures", options->pictures, "folder of the items' pictures (default: that of --data)");
  add_path(*app, "--onnx", options->onnx,
           "ONNX file that `monet prepare --onnx` took: features of new items' pictures");
  add_value(*app, "--address", "IP=127.0.0.1", "where to listen",
            [options](const std::string& value) { options->address = value; });
  add_integer(*app, "--port", options->port, 0, 65535, "0: any that is free");
  add_path(*app, "--keys", options->keys, "file with a line for each key: role and SHA-256 of the key");
  add_flag(*app, "--open", options->open, "everybody may do everything, also from other machines");
  add_list(*app, "--allow-origin", options->origins, "web sites whose pages may ask");
  add_path(*app, "--tls-certificate", options->certificate, "PEM file; HTTPS only");
  add_path(*app, "--tls-key", options->key, "PEM file");
  add_integer(*app, "--most-waiting", options->most_waiting, 1, 1'000'000, "requests that may wait; more get 503");
  add_integer(*app, "--recent-days", options->recent_days, 1, 3650, "what counts as popular lately");
  add_list(*app, "--event-weights", options->event_weights, "kinds of interactions: view=1,buy=3,dislike=0");
  add_path(*app, "--access-log", options->access_log, "file that gets a line for each request; -: standard output");
  add_flag(*app, "--watch", options->watch, "exchange the artifact when it is trained anew");
  add_value(*app, "--retrain-every", "TIME",
            "train anew with the store's events so often: 24h, 90m, 7d (default: when asked)",
            [options](const std::string& value) { options->retrain_every = value; });
  add_number(*app, "--retrain-margin", options->retrain_margin, 0.0, 1.0,
             "how much worse a new artifact may be on held-out events, as a share, to be swapped in");
  add_choice<serve::Candidates>(
      *app, "--candidates", options->candidates,
      {{"auto", serve::Candidates::automatic}, {"on", serve::Candidates::on}, {"off", serve::Candidates::off}},
      "look for lists with an index; auto: from 200,000 items on");
  add_threads(*app, options->threads);
  add_config(*app);
  return [options] { return serve(*options); };
}

}  // namespace monet::cli
