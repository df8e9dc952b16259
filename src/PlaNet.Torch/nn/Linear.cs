namespace PlaNet.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A dense layer whose weights and bias start uniform in +-1/sqrt(in), as PyTorch's.</summary>
            /// <param name="inputSize">Size of the last dimension going in.</param>
            /// <param name="outputSize">Size of the last dimension coming out.</param>
            /// <param name="hasBias">Whether a bias is added.</param>
            /// <param name="device">The CPU unless given.</param>
            /// <param name="dtype">float32 unless given.</param>
            /// <param name="generator">Where the initial values come from; libtorch's own generator unless given.</param>
            public static Modules.Linear Linear(
                long inputSize, long outputSize, bool hasBias = true, Device? device = null, ScalarType? dtype = null, Generator? generator = null) =>
                new(inputSize, outputSize, hasBias, device, dtype, generator);
        }
    }
}

namespace PlaNet.Torch.Modules
{
    /// <summary>input W^T + b over the last dimension.</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Linear(long inputs, long outputs, bool hasBias, torch.Device? device, torch.ScalarType? dtype, torch.Generator? generator)
            : base(nameof(Linear))
        {
            using var scope = torch.NewDisposeScope();
            var bound = 1 / Math.Sqrt(inputs);
            weight = new Parameter(torch.nn.init.uniform_(torch.empty([outputs, inputs], dtype, device), -bound, bound, generator));
            bias = hasBias ? new Parameter(torch.nn.init.uniform_(torch.empty([outputs], dtype, device), -bound, bound, generator)) : null;
            RegisterComponents();
        }

        /// <summary>[out, in].</summary>
        public Parameter weight { get; }

        /// <summary>[out], or none.</summary>
        public Parameter? bias { get; }

        /// <inheritdoc/>
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.linear(input, weight, bias);
    }
}
