#define _GNU_SOURCE
#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

int machizu_exchange_names(const char *first, const char *second) {
  return renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
}

int machizu_begin_writing_back(int file, int64_t offset, int64_t count) {
  return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}

int64_t machizu_write_past_cache(int file, const void *bytes, int64_t count, int64_t offset) {
  int flags = fcntl(file, F_GETFL);
  if (flags < 0 || fcntl(file, F_SETFL, flags | O_DIRECT) < 0) return -1;
  ssize_t put = pwrite(file, bytes, (size_t)count, (off_t)offset);
  int reason = errno;
  fcntl(file, F_SETFL, flags);
  errno = reason;
  return put;
}

int machizu_sync_file_system(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  int result = syncfs(file);
  int reason = errno;
  close(file);
  errno = reason;
  return result;
}

void machizu_keep_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 128 << 20);
  mallopt(M_TOP_PAD, 2 << 20);
}
