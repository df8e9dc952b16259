using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Helpers over parameters.</summary>
        public static class utils
        {
            /// <summary>
            /// Scales all gradients together so that their norm is at most <paramref name="max_norm"/>.
            /// </summary>
            /// <param name="parameters">Those without a gradient are passed over.</param>
            /// <param name="max_norm">The greatest norm allowed, positive.</param>
            /// <param name="norm_type">The p of the norm; 2 unless given.</param>
            /// <returns>The norm before scaling; 0 without gradients. Not finite if a gradient is not: gradients are then left alone.</returns>
            public static double clip_grad_norm_(IEnumerable<Tensor> parameters, double max_norm, double norm_type = 2)
            {
                ArgumentNullException.ThrowIfNull(parameters);
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max_norm);
                using var scope = NewDisposeScope();
                using var off = no_grad();
                Tensor[] gradients = [.. parameters.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (gradients.Length == 0) return 0;
                var norms = Ops._foreach_norm_Scalar.InvokeList(gradients, norm_type);
                var total = stack(norms!).norm((float)norm_type).ToDouble();
                if (total > max_norm && double.IsFinite(total)) Ops._foreach_mul__Scalar.Run(gradients, max_norm / (total + 1e-6));
                return total;
            }
        }
    }
}
