using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Layers as functions of their weights.</summary>
        public static class functional
        {
            /// <summary>input W^T + bias over the last dimension.</summary>
            /// <param name="input">[..., in].</param>
            /// <param name="weights">[out, in].</param>
            /// <param name="bias">[out], or none.</param>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Ops.linear.Invoke(input, weights, bias);

            /// <summary>A two-dimensional convolution.</summary>
            /// <param name="input">[N, in, h, w].</param>
            /// <param name="weight">[out, in / groups, kh, kw].</param>
            /// <param name="bias">[out], or none.</param>
            /// <param name="strides">Steps along height and width; 1 unless given.</param>
            /// <param name="padding">Zeros added at each side; 0 unless given.</param>
            /// <param name="dilation">Distance between kernel elements; 1 unless given.</param>
            /// <param name="groups">Channel groups that do not mix.</param>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Ops.conv2d.Invoke(input, weight, bias, strides ?? [1], padding ?? [0], dilation ?? [1], groups);

            /// <summary>
            /// A transposed convolution without padding. On the CPU it is computed as the data gradient of a convolution, which is several
            /// times faster there than libtorch's own kernel; on a GPU libtorch's own is used. Keeps channels_last.
            /// </summary>
            /// <param name="input">[N, in, h, w].</param>
            /// <param name="weight">[in, out, kh, kw].</param>
            /// <param name="bias">[out], or none.</param>
            /// <param name="strides">Steps along height and width; 1 unless given.</param>
            /// <returns>[N, out, (h - 1) stride + kh, (w - 1) stride + kw].</returns>
            public static Tensor conv_transpose2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null)
            {
                ArgumentNullException.ThrowIfNull(input);
                ArgumentNullException.ThrowIfNull(weight);
                strides ??= [1];
                if (strides.Length is not (1 or 2))
                {
                    throw new ArgumentException($"[{string.Join(", ", strides)}] is no stride: give one number, or one for height and one for width.", nameof(strides));
                }

                Native.Check(Native.planet_torch_conv_transpose2d(input.Handle, weight.Handle, bias?.Handle ?? 0, strides[0], strides[^1], out var result));
                GC.KeepAlive(input);
                GC.KeepAlive(weight);
                GC.KeepAlive(bias);
                return Tensor.Own(result);
            }

            /// <summary>[N, c r r, h, w] to [N, c, h r, w r]: groups of channels become blocks of pixels.</summary>
            public static Tensor pixel_shuffle(Tensor x, long upscale_factor) => Ops.pixel_shuffle.Invoke(x, upscale_factor);

            /// <summary>[N, c, h r, w r] to [N, c r r, h, w]: the inverse of <see cref="pixel_shuffle"/>.</summary>
            public static Tensor pixel_unshuffle(Tensor x, long downscale_factor) => Ops.pixel_unshuffle.Invoke(x, downscale_factor);

            /// <summary>max(0, x).</summary>
            public static Tensor relu(Tensor input, bool inplace = false) => inplace ? input.relu_() : input.relu();

            /// <summary>x where positive, alpha (e^x - 1) elsewhere.</summary>
            public static Tensor elu(Tensor x, double alpha = 1) => x.elu(alpha);

            /// <summary>x sigmoid(x).</summary>
            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            /// <summary>The hyperbolic tangent.</summary>
            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();

            /// <summary>1 / (1 + e^-x).</summary>
            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            /// <summary>ln(1 + e^(beta x)) / beta, and x itself where beta x is above the threshold.</summary>
            public static Tensor softplus(Tensor x, double beta = 1, double threshold = 20) => x.softplus(beta, threshold);

            /// <summary>e^x over its sum along a dimension.</summary>
            public static Tensor softmax(Tensor x, long dim) => x.softmax(dim);

            /// <summary>The mean of the squared differences.</summary>
            public static Tensor mse_loss(Tensor x, Tensor y) => Ops.mse_loss.Invoke(x, y);
        }
    }
}
