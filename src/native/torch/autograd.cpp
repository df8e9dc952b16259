// Reverse mode: backward, gradients of given inputs, and the thread's gradient and inference modes.
#include "shim.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

namespace {

std::vector<at::Tensor> borrow_all(void** handles, int count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int i = 0; i < count; i++) {
        tensors.push_back(planet::borrow(handles[i]));
    }
    return tensors;
}

} // namespace

// `gradients` may be null (all outputs scalar); a single entry may be null too.
PLANET_API int planet_torch_backward(void** outputs, void** gradients, int count, int32_t retain_graph, int32_t create_graph, void** inputs,
                                     int input_count) {
    return planet::guarded([&] {
        torch::autograd::backward(borrow_all(outputs, count), gradients ? borrow_all(gradients, count) : std::vector<at::Tensor>{},
                                  retain_graph != 0, create_graph != 0, borrow_all(inputs, input_count));
        return 0;
    });
}

// Writes one handle an input, null where the input does not take part (only with allow_unused).
PLANET_API int planet_torch_gradients(void** outputs, int output_count, void** inputs, int input_count, void** gradients, int32_t retain_graph,
                                      int32_t create_graph, int32_t allow_unused, void** results) {
    return planet::guarded([&] {
        auto found = torch::autograd::grad(borrow_all(outputs, output_count), borrow_all(inputs, input_count),
                                           gradients ? borrow_all(gradients, output_count) : std::vector<at::Tensor>{}, retain_graph != 0,
                                           create_graph != 0, allow_unused != 0);
        for (auto& tensor : found) {
            *results++ = planet::release(std::move(tensor));
        }
        return 0;
    });
}

PLANET_API int planet_torch_is_grad_enabled() {
    return c10::GradMode::is_enabled() ? 1 : 0;
}

PLANET_API void planet_torch_set_grad_enabled(int32_t enabled) {
    c10::GradMode::set_enabled(enabled != 0);
}

// Inference mode is a guard bound to its thread: entered here, left by deleting it on the same thread, innermost first.
PLANET_API void* planet_torch_enter_inference_mode() {
    return new c10::InferenceMode(true);
}

PLANET_API void planet_torch_leave_inference_mode(void* guard) {
    delete static_cast<c10::InferenceMode*>(guard);
}
