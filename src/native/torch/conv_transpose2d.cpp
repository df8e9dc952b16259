// A transposed convolution on the CPU, written as what it is: the data gradient of a convolution. libtorch 1.13's own CPU kernel
// reaches a seventh of the speed that its convolution kernels reach on the same shapes.
#include "shim.h"

#include <ATen/Functions.h>
#include <torch/csrc/autograd/custom_function.h>

namespace {

bool is_channels_last(const at::Tensor& input, const at::Tensor& weight) {
    return input.suggest_memory_format() == at::MemoryFormat::ChannelsLast || weight.suggest_memory_format() == at::MemoryFormat::ChannelsLast;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_gradients(const at::Tensor& grad_output, const at::Tensor& input,
                                                                     const at::Tensor& weight, at::IntArrayRef stride, std::array<bool, 3> mask) {
    const int64_t zeros[] = {0, 0};
    const int64_t ones[] = {1, 1};
    return at::convolution_backward(grad_output, input, weight, at::OptionalIntArrayRef(), stride, zeros, ones, false, zeros, 1, mask);
}

// With few output channels the data gradient leaves most of a vector register empty. Where the stride divides the kernel, each of the
// stride x stride phases of the output is a small convolution of its own; all of them together are one convolution with that many more
// channels, whose result pixel_shuffle puts in place. Output row s*i + r is the sum over t of input row i - t with kernel row r + s*t.
at::Tensor by_phases(const at::Tensor& input, const at::Tensor& weight, int64_t stride, at::MemoryFormat format) {
    auto inputs = weight.size(0), outputs = weight.size(1), taps = weight.size(2) / stride;
    auto kernels = weight.reshape({inputs, outputs, taps, stride, taps, stride})
                       .permute({1, 3, 5, 0, 2, 4})
                       .flip({4, 5})
                       .reshape({outputs * stride * stride, inputs, taps, taps})
                       .contiguous(format);
    return at::pixel_shuffle(at::conv2d(input, kernels, {}, 1, taps - 1), stride);
}

bool suits_phases(const at::Tensor& weight, at::IntArrayRef stride) {
    constexpr int64_t few = 8;
    return weight.size(1) <= few && stride[0] == stride[1] && stride[0] > 1 && weight.size(2) == weight.size(3) && weight.size(2) % stride[0] == 0;
}

at::Tensor forward(const at::Tensor& input, const at::Tensor& weight, at::IntArrayRef stride) {
    auto format = is_channels_last(input, weight) ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
    if (suits_phases(weight, stride)) {
        return by_phases(input, weight, stride[0], format).contiguous(format);
    }
    // The convolution whose data gradient this is has our output as its input; only the shape of it is read.
    auto shape = at::empty({input.size(0), weight.size(1), (input.size(2) - 1) * stride[0] + weight.size(2),
                            (input.size(3) - 1) * stride[1] + weight.size(3)},
                           input.options(), format);
    return std::get<0>(convolution_gradients(input, shape, weight, stride, {true, false, false})).contiguous(format);
}

struct ConvTranspose2d : torch::autograd::Function<ConvTranspose2d> {
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                              std::vector<int64_t> stride) {
        context->save_for_backward({input, weight});
        context->saved_data["stride"] = stride;
        return ::forward(input, weight, stride);
    }

    // Built of differentiable operators, so that a second derivative works as well.
    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
        auto saved = context->get_saved_variables();
        auto input = saved[0];
        auto weight = saved[1];
        auto stride = context->saved_data["stride"].toIntVector();
        auto grad = gradients[0];
        at::Tensor input_grad, weight_grad;
        if (input.requires_grad()) {
            input_grad = at::conv2d(grad, weight, {}, stride);
        }
        if (weight.requires_grad()) {
            weight_grad = std::get<1>(convolution_gradients(input, grad, weight, stride, {false, true, false}));
        }
        return {input_grad, weight_grad, {}};
    }
};

} // namespace

// input [N, in, h, w], weight [in, out, kh, kw], bias [out] or null; result [N, out, (h-1)*stride_h + kh, (w-1)*stride_w + kw].
// No padding, dilation or groups. Keeps channels_last.
PLANET_API int planet_torch_conv_transpose2d(void* input_handle, void* weight_handle, void* bias_handle, int64_t stride_h, int64_t stride_w,
                                             void** result) {
    return planet::guarded([&] {
        auto input = planet::borrow(input_handle);
        auto weight = planet::borrow(weight_handle);
        auto bias = planet::borrow(bias_handle);
        TORCH_CHECK(input.dim() == 4 && weight.dim() == 4, "conv_transpose2d takes input [N, in, h, w] and weight [in, out, kh, kw], not ",
                    input.sizes(), " and ", weight.sizes());
        TORCH_CHECK(input.size(1) == weight.size(0), "conv_transpose2d: the input has ", input.size(1), " channels, the weight takes ",
                    weight.size(0));
        TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(1)), "conv_transpose2d: the bias must be [",
                    weight.size(1), "], not ", bias.sizes());
        if (!input.device().is_cpu()) {
            *result = planet::release(at::conv_transpose2d(input, weight, bias, {stride_h, stride_w}));
            return 0;
        }
        auto output = ConvTranspose2d::apply(input, weight, std::vector<int64_t>{stride_h, stride_w});
        if (bias.defined()) {
            output.add_(bias.view({1, -1, 1, 1}));
        }
        *result = planet::release(std::move(output));
        return 0;
    });
}
