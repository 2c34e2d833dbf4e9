#include "tests/store/postgres_server.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <grp.h>
#include <pqxx/pqxx>
#include <pwd.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace monet::store::test {

namespace fs = std::filesystem;

namespace {

/// Debian's place of the newest server's programs; empty without one.
fs::path server_programs() {
  fs::path newest;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", none)) {
    if (fs::exists(entry.path() / "bin/initdb") && entry.path() > newest) newest = entry.path();
  }
  return newest.empty() ? newest : newest / "bin";
}

/// Whom the server runs as where the test is root.
const passwd* server_user() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  return user != nullptr ? user : getpwnam("nobody");
}

/// Starts a program as that user, its output into `log`. It ends with this process.
pid_t launch(const std::vector<std::string>& words, const std::string& log, const fs::path& folder) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const passwd* user = server_user();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child > 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const bool ready =
      output >= 0 && dup2(output, STDOUT_FILENO) >= 0 && dup2(output, STDERR_FILENO) >= 0 &&
      chdir(folder.c_str()) == 0 &&
      (user == nullptr || (setgroups(0, nullptr) == 0 && setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0)) &&
      prctl(PR_SET_PDEATHSIG, SIGQUIT) == 0;
  if (ready) execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

bool PostgresServer::is_installed() {
  return !server_programs().empty();
}

PostgresServer::PostgresServer() {
  if (const passwd* user = server_user()) {
    if (chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("cannot chown");
  }
  const pid_t child = launch({server_programs() / "initdb", "--pgdata=" + folder_.path_of("data"), "--username=monet",
                              "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"},
                             folder_.path_of("log"), folder_.path());
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) throw std::runtime_error("initdb failed: " + log());
  start();
}

PostgresServer::~PostgresServer() {
  if (process_ > 0) end(SIGQUIT);
}

void PostgresServer::start() {
  process_ = launch({server_programs() / "postgres", "-D", folder_.path_of("data"), "-k", folder_.path(), "-c",
                     "listen_addresses=", "-c", "max_connections=60", "-c", "shared_buffers=16MB", "-c", "fsync=off"},
                    folder_.path_of("log"), folder_.path());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  for (;;) {
    try {
      execute("postgres", "SELECT 1");
      return;
    } catch (const std::exception&) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the server does not start: " + log());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

void PostgresServer::stop() {
  end(SIGINT);
}

void PostgresServer::crash() {
  end(SIGQUIT);
}

void PostgresServer::end(int signal) {
  kill(process_, signal);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::string PostgresServer::log() const {
  std::ifstream file(folder_.path_of("log"));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string PostgresServer::address_of(const std::string& database) const {
  return "postgresql://monet:secret@/" + database + "?host=" + folder_.path().string();
}

std::string PostgresServer::emptied_database() {
  execute("postgres", "DROP SCHEMA IF EXISTS monet CASCADE");
  return address_of("postgres");
}

std::string PostgresServer::new_database(const std::string& encoding) {
  const std::string name = "shop" + std::to_string(++databases_);
  execute("postgres", "CREATE DATABASE " + name + " ENCODING '" + encoding + "' TEMPLATE template0");
  return address_of(name);
}

void PostgresServer::execute(const std::string& database, const std::string& sql) const {
  pqxx::connection connection(address_of(database));
  pqxx::nontransaction session(connection);
  session.exec(sql);
}

}  // namespace monet::store::test
