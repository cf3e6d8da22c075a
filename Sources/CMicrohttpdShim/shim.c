#include "CMicrohttpdShim.h"

#include <CLoaded.h>
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

// Loaded when the first of its functions is called: only the service needs it, and the cryptography that
// comes with it takes longer to load than a tile to draw.
static const char library[] = "libmicrohttpd.so.12";
#define FUNCTION(result, function, parameters, arguments) \
  MACHIZU_LOADED(library, result, function, parameters, arguments)

FUNCTION(enum MHD_Result, MHD_add_response_header,
         (struct MHD_Response * response, const char *header, const char *content),
         (response, header, content))
FUNCTION(struct MHD_Response *, MHD_create_response_from_buffer_with_free_callback_cls,
         (size_t size, void *buffer, MHD_ContentReaderFreeCallback freed, void *context),
         (size, buffer, freed, context))
FUNCTION(void, MHD_destroy_response, (struct MHD_Response * response), (response))
FUNCTION(int, MHD_get_connection_values,
         (struct MHD_Connection * connection, enum MHD_ValueKind kind, MHD_KeyValueIterator iterator,
          void *context),
         (connection, kind, iterator, context))
FUNCTION(size_t, MHD_http_unescape, (char *text), (text))
FUNCTION(const char *, MHD_lookup_connection_value,
         (struct MHD_Connection * connection, enum MHD_ValueKind kind, const char *key),
         (connection, kind, key))
FUNCTION(enum MHD_Result, MHD_queue_response,
         (struct MHD_Connection * connection, unsigned int status, struct MHD_Response *response),
         (connection, status, response))
FUNCTION(MHD_socket, MHD_quiesce_daemon, (struct MHD_Daemon * daemon), (daemon))
FUNCTION(void, MHD_resume_connection, (struct MHD_Connection * connection), (connection))
FUNCTION(void, MHD_stop_daemon, (struct MHD_Daemon * daemon), (daemon))
FUNCTION(void, MHD_suspend_connection, (struct MHD_Connection * connection), (connection))

typedef const union MHD_DaemonInfo *machizu_http_asker(
    struct MHD_Daemon *daemon, enum MHD_DaemonInfoType type, ...);
typedef struct MHD_Daemon *machizu_http_starter(
    unsigned int flags, uint16_t port, MHD_AcceptPolicyCallback accept, void *acceptContext,
    MHD_AccessHandlerCallback handler, void *context, ...);

static machizu_http_asker *machizu_http_ask(void) {
  return (machizu_http_asker *)machizu_find(library, "MHD_get_daemon_info");
}

// A decoded zero would end the text in its middle, so that /healthz%00/x were taken for /healthz:
// a text that holds one stays as it was sent, and names nothing.
static size_t machizu_http_decode(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

struct MHD_Daemon *machizu_http_start(
    const machizu_http_options *options, machizu_http_handler handler,
    machizu_http_completed completed, void *context) {
  struct sockaddr_storage storage;
  memset(&storage, 0, sizeof storage);
  struct sockaddr_in *v4 = (struct sockaddr_in *)&storage;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&storage;
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_USE_ITC |
                   MHD_ALLOW_SUSPEND_RESUME;
  if (inet_pton(AF_INET, options->address, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(options->port);
  } else if (inet_pton(AF_INET6, options->address, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(options->port);
    flags |= MHD_USE_IPv6;
  } else {
    errno = EINVAL;
    return NULL;
  }
  struct MHD_OptionItem items[8];
  int count = 0;
  items[count++] = (struct MHD_OptionItem){MHD_OPTION_SOCK_ADDR, 0, &storage};
  if (options->threads > 1)
    items[count++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, options->threads, NULL};
  items[count++] =
      (struct MHD_OptionItem){MHD_OPTION_CONNECTION_LIMIT, options->connectionLimit, NULL};
  items[count++] =
      (struct MHD_OptionItem){MHD_OPTION_CONNECTION_TIMEOUT, options->timeoutSeconds, NULL};
  items[count++] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024, NULL};
  items[count++] =
      (struct MHD_OptionItem){MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)completed, context};
  items[count++] =
      (struct MHD_OptionItem){MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)machizu_http_decode, NULL};
  items[count++] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
  machizu_http_starter *start = (machizu_http_starter *)machizu_find(library, "MHD_start_daemon");
  return start(
      flags, options->port, NULL, NULL, (MHD_AccessHandlerCallback)handler, context,
      MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

int machizu_http_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = machizu_http_ask()(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : -1;
}

unsigned machizu_http_connections(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info =
      machizu_http_ask()(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info ? info->num_connections : 0;
}
