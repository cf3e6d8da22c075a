// libmicrohttpd's daemon is started by variadic functions, which Swift does not import.
#pragma once
#include <microhttpd.h>
#include <stdint.h>

typedef enum MHD_Result (*machizu_http_handler)(
    void *context, struct MHD_Connection *connection, const char *url, const char *method,
    const char *version, const char *upload, size_t *uploadSize, void **request);
typedef void (*machizu_http_completed)(
    void *context, struct MHD_Connection *connection, void **request,
    enum MHD_RequestTerminationCode code);

typedef struct {
  const char *address; // IPv4 or IPv6, as text
  uint16_t port;       // 0 lets the system choose
  unsigned threads;
  unsigned connectionLimit;
  unsigned timeoutSeconds;
} machizu_http_options;

// Returns NULL with errno set when the address cannot be bound.
struct MHD_Daemon *machizu_http_start(
    const machizu_http_options *options, machizu_http_handler handler,
    machizu_http_completed completed, void *context);

// The port that the daemon listens on.
int machizu_http_port(struct MHD_Daemon *daemon);

// Connections that are open at the moment.
unsigned machizu_http_connections(struct MHD_Daemon *daemon);
