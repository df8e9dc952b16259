// OpenGL contexts without a window: one backend for the whole process, any number of contexts.
#ifndef PLANET_CONTEXT_H
#define PLANET_CONTEXT_H

typedef struct pmj_context pmj_context;

// Opens the backend on the first call; returns 0, or -1 with a message.
int pmj_context_create(int width, int height, pmj_context** context);

void pmj_context_destroy(pmj_context* context);

// Makes the context current on this thread and checks that it is.
int pmj_context_enter(pmj_context* context);

// Leaves this thread without a context, so that any thread may enter next.
void pmj_context_leave(pmj_context* context);

#endif
