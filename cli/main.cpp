#include "cli/app.h"

int main(int argc, char** argv) {
  return monet::cli::run(argc, argv);
}
