#include "CGEOS.h"

#include <CLoaded.h>

#if GEOS_CAPI_VERSION_MAJOR != 1
#error "The name of the library below is that of GEOS with the C interface 1."
#endif
#define FUNCTION(result, function, parameters, arguments) \
  MACHIZU_LOADED("libgeos_c.so.1", result, function, parameters, arguments)

FUNCTION(int, GEOSArea_r, (GEOSContextHandle_t handle, const GEOSGeometry *g, double *area),
         (handle, g, area))
FUNCTION(GEOSGeometry *, GEOSBuffer_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g, double width, int quadsegs),
         (handle, g, width, quadsegs))
FUNCTION(GEOSMessageHandler_r, GEOSContext_setErrorMessageHandler_r,
         (GEOSContextHandle_t extHandle, GEOSMessageHandler_r ef, void *userData),
         (extHandle, ef, userData))
FUNCTION(GEOSCoordSequence *, GEOSCoordSeq_copyFromBuffer_r,
         (GEOSContextHandle_t handle, const double *buf, unsigned int size, int hasZ, int hasM),
         (handle, buf, size, hasZ, hasM))
FUNCTION(int, GEOSCoordSeq_copyToBuffer_r,
         (GEOSContextHandle_t handle, const GEOSCoordSequence *s, double *buf, int hasZ, int hasM),
         (handle, s, buf, hasZ, hasM))
FUNCTION(GEOSCoordSequence *, GEOSCoordSeq_create_r,
         (GEOSContextHandle_t handle, unsigned int size, unsigned int dims),
         (handle, size, dims))
FUNCTION(int, GEOSCoordSeq_getSize_r,
         (GEOSContextHandle_t handle, const GEOSCoordSequence *s, unsigned int *size),
         (handle, s, size))
FUNCTION(char, GEOSCrosses_r, (GEOSContextHandle_t handle, const GEOSGeometry *g1, const GEOSGeometry *g2),
         (handle, g1, g2))
FUNCTION(int, GEOSDistance_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g1, const GEOSGeometry *g2, double *dist),
         (handle, g1, g2, dist))
FUNCTION(char, GEOSEquals_r, (GEOSContextHandle_t handle, const GEOSGeometry *g1, const GEOSGeometry *g2),
         (handle, g1, g2))
FUNCTION(void, GEOSFree_r, (GEOSContextHandle_t handle, void *buffer), (handle, buffer))
FUNCTION(int, GEOSGeomTypeId_r, (GEOSContextHandle_t handle, const GEOSGeometry *g), (handle, g))
FUNCTION(GEOSGeometry *, GEOSGeom_createCollection_r,
         (GEOSContextHandle_t handle, int type, GEOSGeometry **geoms, unsigned int ngeoms),
         (handle, type, geoms, ngeoms))
FUNCTION(GEOSGeometry *, GEOSGeom_createEmptyCollection_r, (GEOSContextHandle_t handle, int type),
         (handle, type))
FUNCTION(GEOSGeometry *, GEOSGeom_createEmptyPolygon_r, (GEOSContextHandle_t handle), (handle))
FUNCTION(GEOSGeometry *, GEOSGeom_createLineString_r, (GEOSContextHandle_t handle, GEOSCoordSequence *s),
         (handle, s))
FUNCTION(GEOSGeometry *, GEOSGeom_createLinearRing_r, (GEOSContextHandle_t handle, GEOSCoordSequence *s),
         (handle, s))
FUNCTION(GEOSGeometry *, GEOSGeom_createPoint_r, (GEOSContextHandle_t handle, GEOSCoordSequence *s),
         (handle, s))
FUNCTION(GEOSGeometry *, GEOSGeom_createPolygon_r,
         (GEOSContextHandle_t handle, GEOSGeometry *shell, GEOSGeometry **holes, unsigned int nholes),
         (handle, shell, holes, nholes))
FUNCTION(void, GEOSGeom_destroy_r, (GEOSContextHandle_t handle, GEOSGeometry *g), (handle, g))
FUNCTION(const GEOSCoordSequence *, GEOSGeom_getCoordSeq_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g),
         (handle, g))
FUNCTION(const GEOSGeometry *, GEOSGetExteriorRing_r, (GEOSContextHandle_t handle, const GEOSGeometry *g),
         (handle, g))
FUNCTION(const GEOSGeometry *, GEOSGetGeometryN_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g, int n),
         (handle, g, n))
FUNCTION(const GEOSGeometry *, GEOSGetInteriorRingN_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g, int n),
         (handle, g, n))
FUNCTION(int, GEOSGetNumGeometries_r, (GEOSContextHandle_t handle, const GEOSGeometry *g), (handle, g))
FUNCTION(int, GEOSGetNumInteriorRings_r, (GEOSContextHandle_t handle, const GEOSGeometry *g), (handle, g))
FUNCTION(GEOSGeometry *, GEOSMakeValid_r, (GEOSContextHandle_t handle, const GEOSGeometry *g), (handle, g))
FUNCTION(GEOSGeometry *, GEOSPointOnSurface_r, (GEOSContextHandle_t handle, const GEOSGeometry *g),
         (handle, g))
FUNCTION(const GEOSPreparedGeometry *, GEOSPrepare_r, (GEOSContextHandle_t handle, const GEOSGeometry *g),
         (handle, g))
FUNCTION(char, GEOSPreparedContains_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(char, GEOSPreparedDisjoint_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(void, GEOSPreparedGeom_destroy_r, (GEOSContextHandle_t handle, const GEOSPreparedGeometry *g),
         (handle, g))
FUNCTION(char, GEOSPreparedIntersects_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(char, GEOSPreparedOverlaps_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(char, GEOSPreparedTouches_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(char, GEOSPreparedWithin_r,
         (GEOSContextHandle_t handle, const GEOSPreparedGeometry *pg1, const GEOSGeometry *g2),
         (handle, pg1, g2))
FUNCTION(void, GEOS_finish_r, (GEOSContextHandle_t handle), (handle))
FUNCTION(GEOSContextHandle_t, GEOS_init_r, (void), ())
FUNCTION(char, GEOSisEmpty_r, (GEOSContextHandle_t handle, const GEOSGeometry *g), (handle, g))
FUNCTION(char, GEOSisValidDetail_r,
         (GEOSContextHandle_t handle, const GEOSGeometry *g, int flags, char **reason,
          GEOSGeometry **location),
         (handle, g, flags, reason, location))
