#include "CLoaded.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

void *machizu_find(const char *library, const char *function) {
  /* One that is loaded already is only counted. */
  void *loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  void *found = loaded ? dlsym(loaded, function) : NULL;
  if (found) return found;
  const char *reason = dlerror();
  fprintf(stderr, "%s\n", reason ? reason : library);
  exit(127);
}
