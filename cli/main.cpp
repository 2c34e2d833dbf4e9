#include "cli/app.h"

#include <malloc.h>

int main(int argc, char** argv) {
  // Memory of tables comes from the kernel and goes back to it. By default glibc takes them from its heap once one of
  // their size was freed, and what each validation leaves there fragments it (TikTok, 20 validations: 262 MB in place
  // of 112).
  constexpr int kTableBytes = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, kTableBytes);
  return monet::cli::run(argc, argv);
}
