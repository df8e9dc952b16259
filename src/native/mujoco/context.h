// Off-screen OpenGL contexts: one backend per process, any number of contexts.
#ifndef PLANET_CONTEXT_H
#define PLANET_CONTEXT_H

typedef struct pmj_context pmj_context;

// Requires an open backend (pmj_open_gl). Returns 0, or -1 with a message.
int pmj_context_create(int width, int height, pmj_context** context);

void pmj_context_destroy(pmj_context* context);

// Makes the context current on this thread and checks that OpenGL responds.
int pmj_context_enter(pmj_context* context);

// Releases the current context, so that any thread can enter it next.
void pmj_context_leave(pmj_context* context);

#endif
