#include "renderer.h"

#include <mujoco/mujoco.h>

// Baseline for the benchmarks of the managed environments: the same work in C, without returning to managed code.

// Runs control steps with a constant control. The simulation is reset every `length` steps.
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

// Renders frames of the current state and reads each one back.
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
    mjr_render(viewport, &r->scene, &r->render_context);
    mjr_readPixels(r->bottom_up, NULL, viewport, &r->render_context);
  }

  pmj_context_leave(r->context);
  return 0;
}
