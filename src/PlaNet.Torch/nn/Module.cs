using System.Reflection;
using PlaNet.Torch.Modules;

namespace PlaNet.Torch;

public static partial class torch
{
    /// <summary>Neural networks.</summary>
    public static partial class nn
    {
        /// <summary>Something with parameters: a layer, or a network of such. Parameters are named by the path of fields to them.</summary>
        public abstract class Module : IDisposable
        {
            private readonly List<(string Name, Parameter Value)> _parameters = [];
            private readonly List<(string Name, Tensor Value)> _buffers = [];
            private readonly List<(string Name, Module Value)> _modules = [];
            private readonly string _name;

            /// <summary>Names the module.</summary>
            /// <param name="name">For messages.</param>
            protected Module(string name) => _name = name;

            /// <summary>Whether the module is in training mode.</summary>
            public bool training { get; private set; } = true;

            /// <summary>The name given to the constructor.</summary>
            public string GetName() => _name;

            /// <summary>Parameters of this module and those below it, each with its dotted path, in the order of registration.</summary>
            public IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                foreach (var (name, value) in _parameters) yield return (name, value);
                if (!recurse) yield break;
                foreach (var (name, module) in _modules)
                {
                    foreach (var (inner, value) in module.named_parameters()) yield return ($"{name}.{inner}", value);
                }
            }

            /// <summary>Parameters of this module and those below it.</summary>
            public IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(entry => entry.parameter);

            /// <summary>Tensors that are part of the state but not learned.</summary>
            public IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true)
            {
                foreach (var (name, value) in _buffers) yield return (name, value);
                if (!recurse) yield break;
                foreach (var (name, module) in _modules)
                {
                    foreach (var (inner, value) in module.named_buffers()) yield return ($"{name}.{inner}", value);
                }
            }

            /// <summary>The modules right below this one.</summary>
            public IEnumerable<(string name, Module module)> named_children() => _modules;

            /// <summary>Parameters and buffers by their dotted path: the tensors themselves, not copies.</summary>
#pragma warning disable MA0016 // TorchSharp's type
            public Dictionary<string, Tensor> state_dict()
#pragma warning restore MA0016
            {
                var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
                foreach (var (name, value) in named_parameters()) state.Add(name, value);
                foreach (var (name, value) in named_buffers()) state.Add(name, value);
                return state;
            }

            /// <summary>Copies values into the parameters and buffers.</summary>
            /// <param name="source">By dotted path.</param>
            /// <param name="strict">Whether every name must be on both sides.</param>
            /// <returns>Names missing from the source, and names the module does not have; both empty when strict.</returns>
            /// <exception cref="ArgumentException">A name is missing or unknown (strict), or a shape is another.</exception>
            public (IList<string> missing_keys, IList<string> unexpected_keys) load_state_dict(IReadOnlyDictionary<string, Tensor> source, bool strict = true)
            {
                ArgumentNullException.ThrowIfNull(source);
                var state = state_dict();
                string[] missing = [.. state.Keys.Where(name => !source.ContainsKey(name))];
                string[] unexpected = [.. source.Keys.Where(name => !state.ContainsKey(name))];
                if (strict && missing.Length + unexpected.Length > 0)
                {
                    throw new ArgumentException(
                        $"The state does not fit {_name}: missing [{string.Join(", ", missing)}], unknown [{string.Join(", ", unexpected)}]. Was it saved by a model of other options?",
                        nameof(source));
                }

                foreach (var (name, value) in state)
                {
                    if (source.TryGetValue(name, out var given) && !given.shape.SequenceEqual(value.shape))
                    {
                        throw new ArgumentException(
                            $"{name} is [{string.Join(", ", value.shape)}] in {_name} but [{string.Join(", ", given.shape)}] in the state. Was it saved by a model of other sizes?",
                            nameof(source));
                    }
                }

                using var off = no_grad();
                foreach (var (name, value) in state)
                {
                    if (source.TryGetValue(name, out var given)) value.copy_(given);
                }

                return (missing, unexpected);
            }

            /// <summary>Drops the gradients (or writes zeros into them).</summary>
            public virtual void zero_grad(bool set_to_none = true) => ClearGradients(parameters(), set_to_none);

            /// <summary>Moves parameters and buffers to a device, in place.</summary>
            /// <returns>The module itself.</returns>
            public Module to(Device device) => Replace(tensor => tensor.to(device));

            /// <summary>Turns parameters and buffers into another type, in place.</summary>
            /// <returns>The module itself.</returns>
            public Module to(ScalarType type) => Replace(tensor => tensor.to(type));

            /// <summary>Sets training mode here and below.</summary>
            public void train(bool on = true)
            {
                training = on;
                foreach (var (_, module) in _modules) module.train(on);
            }

            /// <summary>Leaves training mode here and below.</summary>
            public void eval() => train(false);

            /// <summary>Frees the parameters here and below.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Adds a parameter under a name.</summary>
            public void register_parameter(string name, Parameter parameter) => _parameters.Add((Unused(name), parameter));

            /// <summary>Adds a tensor that is part of the state but not learned.</summary>
            public void register_buffer(string name, Tensor tensor)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                _buffers.Add((Unused(name), tensor.DetachFromDisposeScope()));
            }

            /// <summary>Adds a module under a name.</summary>
            public void register_module(string name, Module module) => _modules.Add((Unused(name), module));

            /// <summary>
            /// Registers every field that holds a parameter, a module or a list of modules, by the field's name, in the order of declaration.
            /// The constructor calls it last.
            /// </summary>
            protected void RegisterComponents()
            {
                const BindingFlags declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
                for (var type = GetType(); type is not null && type != typeof(Module); type = type.BaseType)
                {
                    foreach (var field in type.GetFields(declared).OrderBy(field => field.MetadataToken))
                    {
                        // The field behind an automatic property is called <name>k__BackingField.
                        var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
                        switch (field.GetValue(this))
                        {
                            case Parameter parameter:
                                register_parameter(name, parameter);
                                break;
                            case Module module:
                                register_module(name, module);
                                break;
                            case IReadOnlyList<Module> modules:
                                for (var i = 0; i < modules.Count; i++) register_module($"{name}.{i}", modules[i]);
                                break;
                        }
                    }
                }
            }

            /// <summary>Frees the parameters here and below.</summary>
            /// <param name="disposing">Always true: tensors have their own finalisers.</param>
            protected virtual void Dispose(bool disposing)
            {
                foreach (var (_, value) in _parameters) value.Dispose();
                foreach (var (_, value) in _buffers) value.Dispose();
                foreach (var (_, value) in _modules) value.Dispose();
            }

            internal static void ClearGradients(IEnumerable<Tensor> tensors, bool set_to_none)
            {
                foreach (var tensor in tensors)
                {
                    if (set_to_none)
                    {
                        tensor.grad = null;
                    }
                    else
                    {
                        using var grad = tensor.grad;
                        grad?.zero_();
                    }
                }
            }

            // In place, so that fields and optimisers that hold the tensors stay right.
            private Module Replace(Func<Tensor, Tensor> convert)
            {
                using var off = no_grad();
                foreach (var value in state_dict().Values)
                {
                    using var converted = convert(value);
                    value.set_data(converted);
                }

                return this;
            }

            private string Unused(string name) =>
                _parameters.Exists(entry => entry.Name == name) || _modules.Exists(entry => entry.Name == name) || _buffers.Exists(entry => entry.Name == name)
                    ? throw new ArgumentException($"{_name} has a '{name}' already: register every component once.", nameof(name))
                    : name;
        }

        /// <summary>A module that turns one value into another.</summary>
        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T input);

            /// <summary>Computes the result.</summary>
            public TResult call(T input) => forward(input);
        }

        /// <summary>A module that turns two values into one.</summary>
        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2);

            /// <summary>Computes the result.</summary>
            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        /// <summary>A module that turns three values into one.</summary>
        public abstract class Module<T1, T2, T3, TResult>(string name) : Module(name)
        {
            /// <summary>Computes the result.</summary>
            public abstract TResult forward(T1 input1, T2 input2, T3 input3);

            /// <summary>Computes the result.</summary>
            public TResult call(T1 input1, T2 input2, T3 input3) => forward(input1, input2, input3);
        }
    }
}
