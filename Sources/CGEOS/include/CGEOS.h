/* GEOS, loaded when the first of its functions is called: drawing asks it nothing. Only the functions that
   take a context: one handle an owner, no state of the process. */
#ifndef CGEOS_H
#define CGEOS_H

#define GEOS_USE_ONLY_R_API 1
#include <geos_c.h>

#endif
