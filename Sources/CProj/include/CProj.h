/* PROJ, loaded when the first of its functions is called: the library comes with some forty others, among
   them what it would fetch grids over the network with, and loading these takes longer than drawing a
   tile. Whoever transforms no coordinates does without. */
#ifndef CPROJ_H
#define CPROJ_H

#include <geodesic.h>
#include <proj.h>

#endif
