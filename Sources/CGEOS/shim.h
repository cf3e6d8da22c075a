// Only the functions that take a context: one handle an owner, no state of the process.
#define GEOS_USE_ONLY_R_API 1
#include <geos_c.h>
