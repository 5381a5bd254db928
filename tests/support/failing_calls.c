/* Lets the n-th call that opens, writes, syncs, truncates or renames a database in a folder fail, in whatever thread it comes.

Loaded before libc; does nothing until armed. Counts over all threads of the process, which a tracer's injection does not:
that counts each thread for itself. A call that fails is not made, and is told on standard error. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char prefix[4096]; /* the folder */
static atomic_long counted;
static long fails_at;
static int with_errno, stays, opens_only;

/* `stays`: all calls after the n-th fail too, as on a full disk; `opens_only`: nothing but opening is counted. */
void arm_failure(const char *folder, long at, int error, int for_good, int only_opens)
{
    snprintf(prefix, sizeof prefix, "%s", folder);
    atomic_store(&counted, 0);
    fails_at = at, with_errno = error, stays = for_good, opens_only = only_opens;
}

static int strikes(const char *call, const char *path)
{
    if (!fails_at || strncmp(path, prefix, strlen(prefix)) || !strstr(path, ".db") || (opens_only && strcmp(call, "open")))
        return 0;
    long number = atomic_fetch_add(&counted, 1) + 1;
    if (number < fails_at || (number > fails_at && !stays))
        return 0;
    if (number == fails_at)
        dprintf(2, "call %ld fails: %s %s\n", number, call, strrchr(path, '/') + 1);
    errno = with_errno;
    return 1;
}

static int strikes_fd(const char *call, int fd)
{
    char link[64], path[4096];
    int before = errno;
    if (!fails_at)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0)
        return 0;
    path[length] = 0;
    return strikes(call, path);
}

#define NEXT(name) __typeof__(&name) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define OPEN(name)                                                              \
    int name(const char *path, int flags, ...)                                  \
    {                                                                           \
        va_list rest;                                                           \
        va_start(rest, flags);                                                  \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest);                                                           \
        NEXT(name);                                                             \
        return strikes("open", path) ? -1 : next(path, flags, mode);            \
    }
OPEN(open)
OPEN(open64)

#define WRITE_AT(name, offset_type)                                                      \
    ssize_t name(int fd, const void *bytes, size_t count, offset_type offset)            \
    {                                                                                    \
        NEXT(name);                                                                      \
        return strikes_fd("write", fd) ? -1 : next(fd, bytes, count, offset);            \
    }
WRITE_AT(pwrite, off_t)
WRITE_AT(pwrite64, off64_t)

ssize_t write(int fd, const void *bytes, size_t count)
{
    NEXT(write);
    return strikes_fd("write", fd) ? -1 : next(fd, bytes, count);
}

#define ONE_FILE(name)                                    \
    int name(int fd)                                      \
    {                                                     \
        NEXT(name);                                       \
        return strikes_fd("sync", fd) ? -1 : next(fd);    \
    }
ONE_FILE(fsync)
ONE_FILE(fdatasync)

#define TRUNCATE(name, length_type)                                      \
    int name(int fd, length_type length)                                 \
    {                                                                    \
        NEXT(name);                                                      \
        return strikes_fd("truncate", fd) ? -1 : next(fd, length);       \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int rename(const char *from, const char *to)
{
    NEXT(rename);
    return strikes("rename", to) ? -1 : next(from, to);
}
