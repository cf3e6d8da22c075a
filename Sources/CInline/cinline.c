#include "cinline.h"
