/* Calls that the C library shows to GNU programs only, which Swift's view of it is not. */
#ifndef CFILES_H
#define CFILES_H

#include <stdint.h>

/* Gives each of two files or folders the other's name in one step; 0, or -1 and errno. */
int machizu_exchange_names(const char *first, const char *second);

/* Lets the system begin to bring these bytes of an open file to the disk, and does not wait for it; 0, or -1
   and errno. */
int machizu_begin_writing_back(int file, int64_t offset, int64_t count);

/* Writes whole pages, aligned in memory as in the file, without keeping them in the page cache; how many
   bytes, or -1 and errno, as EINVAL where the file system cannot. */
int64_t machizu_write_past_cache(int file, const void *bytes, int64_t count, int64_t offset);

/* Returns when all that was written to the file system of `path` is on the disk; 0, or -1 and errno. */
int machizu_sync_file_system(const char *path);

/* Memory that is freed stays with the program up to 128 MB an arena, and is taken in steps of 2 MB. */
void machizu_keep_memory(void);

#endif
