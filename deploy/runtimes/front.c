/*
 * Stands in front of a CNI plugin: runs the file of its own name in the folder $FRONT_REAL, and adds a line to the file
 * $FRONT_TIMES: name, verb, nanoseconds from spawn to exit.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **words) {
    const char *real = getenv("FRONT_REAL"), *times = getenv("FRONT_TIMES"), *verb = getenv("CNI_COMMAND");
    if (count < 1 || !real || !times || !verb) return 99;
    const char *slash = strrchr(words[0], '/'), *name = slash ? slash + 1 : words[0];
    char path[4096], line[512];
    snprintf(path, sizeof path, "%s/%s", real, name);
    long long begin = now();
    pid_t child;
    int status;
    if (posix_spawn(&child, path, NULL, NULL, words, environ) != 0 || waitpid(child, &status, 0) != child) return 98;
    int length = snprintf(line, sizeof line, "%s %s %lld\n", name, verb, now() - begin);
    int file = open(times, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file < 0 || write(file, line, length) != length) return 97;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 96;
}
