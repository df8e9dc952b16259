using System.Security.Cryptography;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Runs.Playing;
using PlaNet.Tensors;

namespace PlaNet.Runs.Checkpoints;

/// <summary>
/// The weights that a new run takes over from the newest checkpoint of another one, without the state of its optimiser. Their hash is part
/// of the new run's experiment (<see cref="ModelOptions.InitialWeights"/>), and the run directory has a copy, so that a run that is resumed
/// before its first checkpoint does not need the other run.
/// </summary>
public sealed class InitialWeights
{
    private readonly ReadOnlyMemory<byte> _content;

    private InitialWeights(ReadOnlyMemory<byte> content, IReadOnlyList<string> parts, string source)
    {
        _content = content;
        Hash = HashOf(content.Span);
        Parts = parts;
        Source = source;
    }

    /// <summary>SHA-256 of the weights and their names, 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The parts that are taken over, in the order of the model.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>The checkpoint they were taken from.</summary>
    public string Source { get; }

    /// <summary>Reads the weights of a run.</summary>
    /// <param name="run">The directory of the other run.</param>
    /// <param name="parts">
    /// Parts of the world model to take over: encoder, dynamics, decoder, reward, continuation. Empty for all that the new run's model has.
    /// </param>
    /// <param name="experiment">Experiment of the new run.</param>
    /// <param name="warn">Called with a message for each damaged checkpoint of the other run.</param>
    /// <exception cref="RunException">
    /// The directory has no intact checkpoint, a part does not exist, or weights have other shapes than in the new run's model; the message
    /// lists all of them.
    /// </exception>
    public static InitialWeights Take(string run, IReadOnlyList<string> parts, Experiment experiment, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(experiment);
        var (checkpoint, _) = TrainedModel.FindNewest(run, warn);
        using var scope = NewDisposeScope();
        using var seed = new Generator(0, CPU);
        using var model = Tasks.CreateModel(experiment, Tasks.DescribeAll(experiment.Task), seed);
        var own = model.state_dict();
        var known = own.Keys.Select(PartOf).Distinct(StringComparer.Ordinal).ToArray();
        if (parts.FirstOrDefault(part => !known.Contains(part, StringComparer.Ordinal)) is { } unknown)
        {
            throw new RunException(
                $"--parts {OneLine.Of(unknown)}: the model has no such part; did you mean {NearestName.Find(unknown, known)}? "
                + $"Give one or more of {string.Join(", ", known)}.");
        }

        string[] chosen = [.. known.Where(part => parts.Count == 0 || parts.Contains(part, StringComparer.Ordinal))];
        using var content = CheckpointStore.ReadModel(checkpoint);
        bool IsTaken(string name) => chosen.Contains(PartOf(name), StringComparer.Ordinal);
        var taken = content.Tensors.Where(tensor => IsTaken(tensor.Key)).ToDictionary(StringComparer.Ordinal);
        var differences = Differences(own.Where(tensor => IsTaken(tensor.Key)).ToDictionary(StringComparer.Ordinal), taken);
        if (differences.Count > 0)
        {
            throw new RunException(
                $"The weights of {run} do not fit this experiment: {string.Join("; ", differences)}. Set the options of the model as in "
                + "that run (its experiment.json), or take over other parts with --parts.");
        }

        using var bytes = new MemoryStream();
        Safetensors.Write(bytes, taken);
        return new InitialWeights(bytes.ToArray(), chosen, checkpoint);
    }

    /// <summary>Loads the weights into a new model; its other parts keep the weights they were drawn with.</summary>
    /// <param name="path">The file that <see cref="WriteTo"/> has written.</param>
    /// <param name="hash">The hash of the weights.</param>
    /// <param name="model">The model, on any device.</param>
    /// <exception cref="RunException">The file is missing or has other weights.</exception>
    public static void Load(string path, string hash, WorldModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Require(path, hash);
        using var scope = NewDisposeScope();
        using var content = Safetensors.Read(path);
        var state = model.state_dict().ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in content.Tensors)
        {
            state[name] = value;
        }

        StateDicts.Load(model, state);
    }

    /// <summary>Checks that the weights are there and intact.</summary>
    /// <param name="path">The file that <see cref="WriteTo"/> has written.</param>
    /// <param name="hash">The hash of the weights.</param>
    /// <exception cref="RunException">The file is missing or has other weights.</exception>
    internal static void Require(string path, string hash)
    {
        var flaw = !File.Exists(path) ? "is missing" : HashOf(File.ReadAllBytes(path)) != hash ? "is damaged" : null;
        if (flaw is not null)
        {
            throw new RunException(
                $"model.initial_weights is {hash}, but {path} {flaw}: give the run that they come from with --init-from, which sets the "
                + "option and writes the file.");
        }
    }

    /// <summary>Writes the weights atomically.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="StorageException">The file cannot be written.</exception>
    internal void WriteTo(string path) => AtomicFile.Write(path, stream => stream.Write(_content.Span));

    private static List<string> Differences(Dictionary<string, Tensor> own, Dictionary<string, Tensor> taken)
    {
        var differences = new List<string>();
        foreach (var name in own.Keys.Union(taken.Keys, StringComparer.Ordinal))
        {
            var (here, there) = (own.GetValueOrDefault(name), taken.GetValueOrDefault(name));
            if (here is null || there is null || !here.shape.SequenceEqual(there.shape))
            {
                differences.Add($"{name} is {Shape(there)} there and {Shape(here)} here");
            }
        }

        return differences;
    }

    private static string Shape(Tensor? tensor) => tensor is null ? "absent" : $"[{string.Join(", ", tensor.shape)}]";

    private static string PartOf(string name) => name[..name.IndexOf('.', StringComparison.Ordinal)];

    private static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
