/* Functions of libraries that are loaded when the first of them is called: a library that most commands
   never call, yet that comes with dozens of others, would cost each of them more than it has to do. */
#ifndef CLOADED_H
#define CLOADED_H

/* The function of the library with this file name. Without either the program ends, as it would at its
   start were the library linked. */
void *machizu_find(const char *library, const char *function);

/* Defines a function of a library's name that hands on to it. */
#define MACHIZU_LOADED(library, result, function, parameters, arguments)       \
  result function parameters {                                                 \
    static void *_Atomic known;                                                \
    void *found = known;                                                       \
    if (!found) known = found = machizu_find(library, #function);              \
    return ((result(*) parameters)found)arguments;                             \
  }

#endif
