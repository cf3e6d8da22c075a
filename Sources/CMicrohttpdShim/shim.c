#include "CMicrohttpdShim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

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
  return MHD_start_daemon(
      flags, options->port, NULL, NULL, (MHD_AccessHandlerCallback)handler, context,
      MHD_OPTION_ARRAY, items, MHD_OPTION_END);
}

int machizu_http_port(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
  return info ? info->port : -1;
}

unsigned machizu_http_connections(struct MHD_Daemon *daemon) {
  const union MHD_DaemonInfo *info =
      MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
  return info ? info->num_connections : 0;
}
