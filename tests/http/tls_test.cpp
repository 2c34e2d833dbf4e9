#include "monet/core/error.h"
#include "tests/core/files/temporary_folder.h"
#include "tests/http/client.h"
#include "tests/http/running.h"

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>

namespace monet::http {
namespace {

using namespace std::chrono_literals;
using test::message_of;
using ::testing::HasSubstr;

class HttpTls : public test::TemporaryFolder {
 protected:
  void SetUp() override {
    make("certificate.pem", "key.pem");
    options_.certificate = folder_ / "certificate.pem";
    options_.key = folder_ / "key.pem";
  }

  /// A key and a certificate that it has signed itself.
  void make(const std::string& certificate_name, const std::string& key_name, const char* password = nullptr) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24 * 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("shop"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    std::FILE* file = std::fopen((folder_ / certificate_name).c_str(), "w");
    ASSERT_EQ(PEM_write_X509(file, certificate.get()), 1);
    std::fclose(file);
    file = std::fopen((folder_ / key_name).c_str(), "w");
    ASSERT_EQ(PEM_write_PKCS8PrivateKey(file, key.get(), password ? EVP_aes_256_cbc() : nullptr, nullptr, 0, nullptr,
                                        const_cast<char*>(password)),
              1);
    std::fclose(file);
  }

  std::string message() {
    return message_of<DataError>([&] { Server(options_, say_path); });
  }

  ServerOptions options_;
};

TEST_F(HttpTls, AnswersLikeWithout) {
  const auto page = std::make_shared<const std::string>(300'000, 'p');
  Running running(
      [&](Request request, Reply reply) {
        Response response{.body = request.tls ? request.path : "not secret"};
        if (request.path == "/page") response.shared_body = page;
        reply.send(std::move(response));
      },
      options_);
  Client client(running.port(), Client::Over::tls);
  client.send(get("/a") + get("/page"));
  EXPECT_EQ(client.receive()->body, "/a");
  EXPECT_EQ(client.receive()->body, *page);
  const auto answer =
      client.ask("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 1073741824\r\n\r\n" + std::string(100'000, 'x'));
  EXPECT_EQ(answer->status, 413);
  EXPECT_TRUE(client.ended());
  Client closing(running.port(), Client::Over::tls);
  EXPECT_EQ(closing.ask("GET /b HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n")->body, "/b");
  EXPECT_TRUE(closing.ended());
}

TEST_F(HttpTls, WhoLeavesAmidAResponseHarmsNobody) {
  const auto page = std::make_shared<const std::string>(64 << 20, 'p');
  Running running(
      [&](Request, Reply reply) {
        Response response;
        response.shared_body = page;
        reply.send(std::move(response));
      },
      options_);
  for (int k = 0; k < 3; ++k) Client(running.port(), Client::Over::tls).send(get("/page") + get("/page"));
  EXPECT_TRUE(eventually([&] {
    const Counters counters = running.server.counters();
    return counters.accepted == 3 && counters.open == 0;
  }));
}

TEST_F(HttpTls, WithoutAHandshakeThereIsNoAnswer) {
  options_.header_deadline = 200ms;
  Running running(say_path, options_);
  Client plain(running.port());
  plain.send(get("/a"));
  EXPECT_FALSE(plain.receive());
  Client silent(running.port());
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(eventually([&] { return running.server.counters().open == 0; }));
  EXPECT_EQ(running.server.counters().requests, 0U);
  EXPECT_EQ(running.server.counters().timeouts, 1U);
  EXPECT_EQ(Client(running.port(), Client::Over::tls).ask(get("/b"))->body, "/b");
}

TEST_F(HttpTls, SlowRequestsAreCut) {
  options_.header_deadline = 300ms;
  Running running(say_path, options_);
  Client client(running.port(), Client::Over::tls);
  client.send("GET / HT");
  EXPECT_EQ(client.receive()->status, 408);
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpTls, OldVersionsAreRefused) {
  Running running(say_path, options_);
  Client client(running.port());
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
  SSL_set_fd(tls.get(), client.descriptor());
  EXPECT_NE(SSL_connect(tls.get()), 1);
}

TEST_F(HttpTls, SaysWhichFileCannotBeUsed) {
  make("other.pem", "other_key.pem");
  make("third.pem", "encrypted.pem", "secret");
  options_.key = folder_ / "other_key.pem";
  EXPECT_THAT(message(), HasSubstr("other_key.pem: the key does not belong to the certificate"));
  options_.key = folder_ / "encrypted.pem";
  EXPECT_THAT(message(), HasSubstr("encrypted.pem: not an unencrypted private key"));
  options_.key = folder_ / "certificate.pem";
  EXPECT_THAT(message(), HasSubstr("certificate.pem: not an unencrypted private key"));
  options_.key = folder_ / "key.pem";
  options_.certificate = folder_ / "key.pem";
  EXPECT_THAT(message(), HasSubstr("key.pem: not a certificate"));
  std::fclose(std::fopen((folder_ / "empty.pem").c_str(), "w"));
  options_.certificate = folder_ / "empty.pem";
  EXPECT_THAT(message(), HasSubstr("the certificate is empty"));
  options_.certificate = folder_ / "none.pem";
  EXPECT_THAT(message_of<IoError>([&] { Server(options_, say_path); }), HasSubstr("none.pem: cannot read"));
}

}  // namespace
}  // namespace monet::http
