/* Counts this thread's requests for memory, by standing in front of the C library's allocator. For
   test programs only; under a sanitizer, which does the same, nothing is counted. */
#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

/* Requests of this thread so far; -1 if they are not counted. */
long allocation_count(void);

/* Bytes that this thread asked for less those that it gave back; 0 if they are not counted. */
long allocated_bytes(void);

#endif
