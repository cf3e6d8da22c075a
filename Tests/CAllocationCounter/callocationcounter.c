#include "callocationcounter.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#if defined(IS_SANITIZED) || !defined(__GLIBC__)

long allocation_count(void) { return -1; }
long allocated_bytes(void) { return 0; }

#else

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static _Thread_local long count __attribute__((tls_model("initial-exec")));

static _Thread_local long bytes __attribute__((tls_model("initial-exec")));

long allocation_count(void) { return count; }
long allocated_bytes(void) { return bytes; }

static void *counted(void *block) {
  if (block) bytes += (long)malloc_usable_size(block);
  return block;
}

void *malloc(size_t size) {
  count++;
  return counted(__libc_malloc(size));
}

void *calloc(size_t items, size_t size) {
  count++;
  return counted(__libc_calloc(items, size));
}

void *realloc(void *block, size_t size) {
  count++;
  long before = block ? (long)malloc_usable_size(block) : 0;
  void *moved = __libc_realloc(block, size);
  if (moved || size == 0) bytes -= before;
  return counted(moved);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count++;
  return counted(__libc_memalign(alignment, size));
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  count++;
  *block = counted(__libc_memalign(alignment, size));
  return *block ? 0 : ENOMEM;
}

void free(void *block) {
  if (block) bytes -= (long)malloc_usable_size(block);
  __libc_free(block);
}

#endif
