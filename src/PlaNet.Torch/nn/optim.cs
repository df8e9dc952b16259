using PlaNet.Torch.Modules;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>Optimisers.</summary>
    public static class optim
    {
        /// <summary>Adam over parameters, named by their number.</summary>
        /// <param name="parameters">What to learn.</param>
        /// <param name="lr">Learning rate; 1e-3 unless given.</param>
        /// <param name="beta1">Decay of the mean of gradients, in [0, 1); 0.9 unless given.</param>
        /// <param name="beta2">Decay of the mean of squared gradients, in [0, 1); 0.999 unless given.</param>
        /// <param name="eps">What keeps the division finite, not negative; 1e-8 unless given.</param>
        /// <param name="epsilon">Where it is added.</param>
        public static Adam Adam(
            IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, AdamEpsilon epsilon = AdamEpsilon.Standard) =>
            new(parameters.Select((parameter, index) => ($"{index}", parameter)), lr, beta1, beta2, eps, epsilon);

        /// <summary>Adam over named parameters, whose names its state carries.</summary>
        /// <param name="parameters">What to learn, for instance <c>model.named_parameters()</c>.</param>
        /// <param name="lr">Learning rate; 1e-3 unless given.</param>
        /// <param name="beta1">Decay of the mean of gradients, in [0, 1); 0.9 unless given.</param>
        /// <param name="beta2">Decay of the mean of squared gradients, in [0, 1); 0.999 unless given.</param>
        /// <param name="eps">What keeps the division finite, not negative; 1e-8 unless given.</param>
        /// <param name="epsilon">Where it is added.</param>
        public static Adam Adam(
            IEnumerable<(string name, Parameter parameter)> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, AdamEpsilon epsilon = AdamEpsilon.Standard) =>
            new(parameters, lr, beta1, beta2, eps, epsilon);

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            /// <summary>Takes named parameters.</summary>
            protected Optimizer(IEnumerable<(string name, Parameter parameter)> parameters)
            {
                NamedParameters = [.. parameters];
                if (NamedParameters.Count == 0) throw new ArgumentException("There is nothing to learn: give the optimiser at least one parameter.", nameof(parameters));
            }

            /// <summary>Step size; may be changed between steps.</summary>
            public double LearningRate { get; set; }

            /// <summary>What is learned.</summary>
            public IEnumerable<Parameter> parameters() => NamedParameters.Select(entry => entry.parameter);

            /// <summary>What is learned, by name.</summary>
            protected IReadOnlyList<(string name, Parameter parameter)> NamedParameters { get; }

            /// <summary>Changes every parameter that has a gradient.</summary>
            public abstract void step();

            /// <summary>Drops the gradients (or writes zeros into them).</summary>
            public void zero_grad(bool set_to_none = true) => nn.Module.ClearGradients(parameters(), set_to_none);

            /// <summary>Frees the optimiser's own tensors.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Frees the optimiser's own tensors.</summary>
            /// <param name="disposing">Always true: tensors have their own finalisers.</param>
            protected abstract void Dispose(bool disposing);
        }
    }
}
