#include "renderer.h"

#include <mujoco/mujoco.h>

// What the benchmarks compare the managed environments with: the same work as a program in C does it, without leaving C in between.

// Control steps under a constant control; episodes begin anew after length of them.
PMJ_API int pmj_baseline_steps(const mjModel* m, mjData* d, double control, int physics_steps, int length, int count) {
  PMJ_GUARDED_BEGIN
  for (int i = 0; i < count; i++) {
    if (i % length == 0) {
      mj_resetData(m, d);
      mj_forward(m, d);
    }

    for (int j = 0; j < m->nu; j++) {
      d->ctrl[j] = control;
    }

    int whole = physics_steps;
    if (m->opt.integrator != mjINT_RK4) {
      mj_step2(m, d);
      whole--;
    }

    for (int j = 0; j < whole; j++) {
      mj_step(m, d);
    }

    mj_step1(m, d);
  }

  PMJ_GUARDED_END
  return 0;
}

// Frames of the present state, each read back.
PMJ_API int pmj_baseline_frames(const mjModel* m, mjData* d, pmj_renderer* r, int count) {
  mjvCamera view;
  mjv_defaultCamera(&view);
  view.type = mjCAMERA_FIXED;
  view.fixedcamid = 0;
  mjrRect viewport = {0, 0, r->width, r->height};
  int status = pmj_context_enter(r->context);
  if (status) {
    return status;
  }

  for (int i = 0; i < count; i++) {
    mjv_updateScene(m, d, &r->option, NULL, &view, mjCAT_ALL, &r->scene);
    mjr_render(viewport, &r->scene, &r->drawing);
    mjr_readPixels(r->bottom_up, NULL, viewport, &r->drawing);
  }

  pmj_context_leave(r->context);
  return 0;
}
