namespace PlaNet.Tensors;

/// <summary>
/// Convolutions of stride 2 and their transposes, in forms for which libtorch's CPU kernels are fast. libtorch's strided data gradient (the
/// forward pass of a transposed convolution and the backward pass of a convolution) reaches a third of the speed of its plain convolutions.
/// Here it is computed as plain convolutions, one for each phase of the output. On a GPU libtorch's own operators are used.
/// </summary>
internal static class Convolutions
{
    // TorchSharp does not expose these operators.
    private static readonly Lazy<jit.CompilationUnit> s_script = new(() => jit.compile("""
        def gradients(x: Tensor, g: Tensor, w: Tensor) -> List[Tensor]:
            _, weight, bias = torch.convolution_backward(
                g, x, w, [w.size(0)], [2, 2], [0, 0], [1, 1], False, [0, 0], 1, [False, True, True])
            return [weight, bias]
        def weight_gradient(x: Tensor, g: Tensor, w: Tensor) -> Tensor:
            return torch.convolution_backward(g, x, w, None, [2, 2], [0, 0], [1, 1], False, [0, 0], 1, [False, True, False])[1]

        """));

    /// <summary>A valid convolution of stride 2.</summary>
    /// <param name="input">[N, inputs, h, w].</param>
    /// <param name="weight">[outputs, inputs, kernel, kernel].</param>
    /// <param name="bias">[outputs].</param>
    /// <returns>[N, outputs, (h - kernel) / 2 + 1, (w - kernel) / 2 + 1].</returns>
    public static Tensor Strided(Tensor input, Tensor weight, Tensor bias)
    {
        Require(input, weight, bias, inputs: weight.shape[1], outputs: weight.shape[0]);

        // Only inputs that require a gradient need the custom backward pass; images do not.
        return input.requires_grad && input.device_type == DeviceType.CPU
            ? StridedFunction.apply(input, weight, bias)
            : nn.functional.conv2d(input, weight, bias, strides: [2, 2]);
    }

    /// <summary>The transpose of a valid convolution of stride 2.</summary>
    /// <param name="input">[N, inputs, h, w].</param>
    /// <param name="weight">[inputs, outputs, kernel, kernel].</param>
    /// <param name="bias">[outputs].</param>
    /// <returns>[N, outputs, 2 (h - 1) + kernel, 2 (w - 1) + kernel].</returns>
    public static Tensor Transposed(Tensor input, Tensor weight, Tensor bias)
    {
        Require(input, weight, bias, inputs: weight.shape[0], outputs: weight.shape[1]);
        return input.device_type == DeviceType.CPU
            ? TransposedFunction.apply(input, weight, bias)
            : nn.functional.conv_transpose2d(input, weight, bias, strides: [2, 2]);
    }

    /// <summary>
    /// The transposed convolution, phase by phase: output row 2 i + r is the sum over t of input row i - t times kernel row r + 2 t. For
    /// each of the two r this is a small plain convolution; columns are treated alike.
    /// </summary>
    /// <param name="x">[N, inputs, h, w].</param>
    /// <param name="w">[inputs, outputs, kernel, kernel].</param>
    /// <param name="bias">[outputs]; null for no bias.</param>
    /// <param name="height">Rows of the result; rows that no kernel reaches are zero.</param>
    /// <param name="width">Columns of the result; columns that no kernel reaches are zero.</param>
    /// <returns>[N, outputs, height, width] in channels-last memory.</returns>
    private static Tensor ByPhases(Tensor x, Tensor w, Tensor? bias, long height, long width)
    {
        using var scope = NewDisposeScope();
        var (inputs, outputs, kernel) = (w.shape[0], w.shape[1], w.shape[2]);
        var taps = (kernel + 1) / 2;
        var even = kernel % 2 == 0 ? w : nn.functional.pad(w, [0, 1, 0, 1]);

        // The phases come before the channels, so that a pixel's channels stay contiguous when the phases are interleaved.
        var kernels = even.reshape(inputs, outputs, taps, 2, taps, 2).permute(3, 5, 1, 0, 2, 4).flip(4, 5)
            .reshape(4 * outputs, inputs, taps, taps);
        var phases = nn.functional.conv2d(x, kernels.ChannelsLast(), bias?.repeat(4), padding: [taps - 1, taps - 1]).permute(0, 2, 3, 1);
        var (batch, rows, columns) = (phases.shape[0], phases.shape[1], phases.shape[2]);
        var interleaved = phases.reshape(batch, rows, columns, 2, 2, outputs).transpose(2, 3);

        // The result must not be a view: autograd forbids in-place operations on views that a custom function returns.
        var result = empty_strided(
            [batch, outputs, height, width], [height * width * outputs, 1, width * outputs, outputs], x.dtype, x.device);
        var pixels = result.permute(0, 2, 3, 1);
        if (height >= 2 * rows && width >= 2 * columns)
        {
            if (height > 2 * rows || width > 2 * columns)
            {
                result.zero_();
            }

            pixels.narrow(1, 0, 2 * rows).narrow(2, 0, 2 * columns).unflatten(2, columns, 2).unflatten(1, rows, 2).copy_(interleaved);
        }
        else
        {
            pixels.copy_(interleaved.reshape(batch, 2 * rows, 2 * columns, outputs).narrow(1, 0, height).narrow(2, 0, width));
        }

        return result.MoveToOuterDisposeScope();
    }

    // A wrong shape inside the backward pass would end the process.
    private static void Require(Tensor input, Tensor weight, Tensor bias, long inputs, long outputs)
    {
        if (input.shape.Length != 4 || weight.shape.Length != 4 || input.shape[1] != inputs
            || bias.shape is not [var biases] || biases != outputs)
        {
            throw new ArgumentException(
                $"The input has shape [{string.Join(", ", input.shape)}] and the bias [{string.Join(", ", bias.shape)}]; " +
                $"the convolution takes an input [N, {inputs}, h, w] and a bias [{outputs}].",
                nameof(input));
        }
    }

    private sealed class StridedFunction : autograd.SingleTensorFunction<StridedFunction>
    {
        public override string Name => nameof(Strided);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, w, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward([x, w]);
            return nn.functional.conv2d(x, w, bias, strides: [2, 2]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (x, w) = (saved[0], saved[1]);
            var gradients = s_script.Value.invoke<Tensor[]>("gradients", x, grad_output, w);
            return [ByPhases(grad_output, w, bias: null, x.shape[2], x.shape[3]), gradients[0], gradients[1]];
        }
    }

    private sealed class TransposedFunction : autograd.SingleTensorFunction<TransposedFunction>
    {
        public override string Name => nameof(Transposed);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (x, w, bias) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
            ctx.save_for_backward([x, w]);
            return ByPhases(x, w, bias, (2 * (x.shape[2] - 1)) + w.shape[2], (2 * (x.shape[3] - 1)) + w.shape[3]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var saved = ctx.get_saved_variables();
            var (x, w) = (saved[0], saved[1]);
            return
            [
                nn.functional.conv2d(grad_output, w, strides: [2, 2]),
                s_script.Value.invoke<Tensor>("weight_gradient", grad_output, x, w),
                grad_output.sum([0L, 2L, 3L]),
            ];
        }
    }
}
