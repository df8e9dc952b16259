using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values, written in place and without history.</summary>
        public static class init
        {
            /// <summary>Uniform numbers from [low, high).</summary>
            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using var off = no_grad();
                return Ops.uniform_.InvokeInPlace(tensor, low, high, generator);
            }

            /// <summary>Normal numbers.</summary>
            public static Tensor normal_(Tensor tensor, double mean = 0, double std = 1, Generator? generator = null)
            {
                using var off = no_grad();
                return Ops.normal_.InvokeInPlace(tensor, mean, std, generator);
            }

            /// <summary>Zeros.</summary>
            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            /// <summary>Ones.</summary>
            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            /// <summary>One value everywhere.</summary>
            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using var off = no_grad();
                return tensor.fill_(val);
            }

            /// <summary>
            /// Glorot's uniform numbers: +-gain sqrt(6 / (fan_in + fan_out)), where a convolution's fans are its channels times its kernel's area.
            /// </summary>
            /// <param name="tensor">[out, in, ...]; at least two dimensions.</param>
            /// <param name="gain">Multiplies the bound; 1 unless given.</param>
            /// <param name="generator">Where the numbers come from; libtorch's own generator unless given.</param>
            /// <exception cref="ArgumentException">The tensor has fewer than two dimensions.</exception>
            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1, Generator? generator = null)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                var sizes = tensor.shape;
                if (sizes.Length < 2)
                {
                    throw new ArgumentException($"Glorot's bound needs a fan in and a fan out: a tensor of at least two dimensions, not [{string.Join(", ", sizes)}].", nameof(tensor));
                }

                var area = sizes.Skip(2).Aggregate(1L, (product, size) => product * size);
                var bound = gain * Math.Sqrt(6.0 / ((sizes[0] + sizes[1]) * area));
                return uniform_(tensor, -bound, bound, generator);
            }
        }
    }
}
