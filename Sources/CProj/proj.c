#include "CProj.h"

#include <CLoaded.h>

#if PROJ_VERSION_MAJOR != 9
#error "The name of the library below is that of PROJ 9."
#endif
#define FUNCTION(result, function, parameters, arguments) \
  MACHIZU_LOADED("libproj.so.25", result, function, parameters, arguments)

FUNCTION(void, geod_init, (struct geod_geodesic *g, double a, double f), (g, a, f))
FUNCTION(void, geod_direct,
         (const struct geod_geodesic *g, double lat1, double lon1, double azi1, double s12, double *lat2,
          double *lon2, double *azi2),
         (g, lat1, lon1, azi1, s12, lat2, lon2, azi2))
FUNCTION(void, geod_inverse,
         (const struct geod_geodesic *g, double lat1, double lon1, double lat2, double lon2, double *s12,
          double *azi1, double *azi2),
         (g, lat1, lon1, lat2, lon2, s12, azi1, azi2))
FUNCTION(PJ_CONTEXT *, proj_context_create, (void), ())
FUNCTION(PJ_CONTEXT *, proj_context_destroy, (PJ_CONTEXT *context), (context))
FUNCTION(int, proj_context_errno, (PJ_CONTEXT *context), (context))
FUNCTION(const char *, proj_context_errno_string, (PJ_CONTEXT *context, int code), (context, code))
FUNCTION(int, proj_context_set_enable_network, (PJ_CONTEXT *context, int isEnabled),
         (context, isEnabled))
FUNCTION(void, proj_context_set_search_paths,
         (PJ_CONTEXT *context, int count, const char *const *paths), (context, count, paths))
FUNCTION(PJ_LOG_LEVEL, proj_log_level, (PJ_CONTEXT *context, PJ_LOG_LEVEL level), (context, level))
FUNCTION(PJ_INFO, proj_info, (void), ())
FUNCTION(PJ *, proj_create, (PJ_CONTEXT *context, const char *definition), (context, definition))
FUNCTION(PJ *, proj_create_crs_to_crs,
         (PJ_CONTEXT *context, const char *source, const char *target, PJ_AREA *area),
         (context, source, target, area))
FUNCTION(PJ *, proj_normalize_for_visualization, (PJ_CONTEXT *context, const PJ *object),
         (context, object))
FUNCTION(PJ *, proj_destroy, (PJ *object), (object))
FUNCTION(PJ_COORD, proj_trans, (PJ *object, PJ_DIRECTION direction, PJ_COORD place),
         (object, direction, place))
FUNCTION(const char *, proj_as_wkt,
         (PJ_CONTEXT *context, const PJ *object, PJ_WKT_TYPE type, const char *const *options),
         (context, object, type, options))
FUNCTION(PJ *, proj_crs_get_coordinate_system, (PJ_CONTEXT *context, const PJ *system),
         (context, system))
FUNCTION(int, proj_cs_get_axis_info,
         (PJ_CONTEXT *context, const PJ *axes, int index, const char **axisName,
          const char **abbreviation, const char **direction, double *factor, const char **unit,
          const char **authority, const char **code),
         (context, axes, index, axisName, abbreviation, direction, factor, unit, authority, code))
FUNCTION(double, proj_coordoperation_get_accuracy, (PJ_CONTEXT *context, const PJ *operation),
         (context, operation))
FUNCTION(PJ_OPERATION_FACTORY_CONTEXT *, proj_create_operation_factory_context,
         (PJ_CONTEXT *context, const char *authority), (context, authority))
FUNCTION(void, proj_operation_factory_context_destroy, (PJ_OPERATION_FACTORY_CONTEXT *settings),
         (settings))
FUNCTION(void, proj_operation_factory_context_set_grid_availability_use,
         (PJ_CONTEXT *context, PJ_OPERATION_FACTORY_CONTEXT *settings,
          PROJ_GRID_AVAILABILITY_USE use),
         (context, settings, use))
FUNCTION(PJ_OBJ_LIST *, proj_create_operations,
         (PJ_CONTEXT *context, const PJ *source, const PJ *target,
          const PJ_OPERATION_FACTORY_CONTEXT *settings),
         (context, source, target, settings))
FUNCTION(PJ *, proj_list_get, (PJ_CONTEXT *context, const PJ_OBJ_LIST *list, int index),
         (context, list, index))
FUNCTION(void, proj_list_destroy, (PJ_OBJ_LIST *list), (list))
