using System.CommandLine;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The options that choose a run whose model is to be looked at.</summary>
public sealed class RunModel
{
    private readonly Option<string> _run = new("--run") { Description = "The run directory", HelpName = "DIR", Required = true };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of all noise", HelpName = "N", DefaultValueFactory = _ => 0 };
    private readonly DeviceChoice _device = new();

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_run);
        verb.Add(_seed);
        _device.AddTo(verb);
    }

    /// <summary>The run directory.</summary>
    /// <param name="line">The parsed command line.</param>
    public string Directory(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetRequiredValue(_run);
    }

    /// <summary>The seed.</summary>
    /// <param name="line">The parsed command line.</param>
    public ulong Seed(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_seed);
    }

    /// <summary>Loads the newest checkpoint of the run and says whose it is.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <returns>The model, owned by the caller, and where it lives.</returns>
    public (TrainedModel Model, torch.Device Device) Load(ParseResult line)
    {
        var output = line.InvocationConfiguration.Output;
        var run = Directory(line);
        var (experiment, _) = RunDirectory.Read(run);
        TorchRuntime.Configure(experiment.Compute);
        var device = _device.Read(line);
        var trained = TrainedModel.Load(run, device, warning => output.WriteLine($"warning: {warning}"));
        output.WriteLine($"{experiment.Name}, {trained.State.Progress.Updates} updates, {trained.State.Progress.Episodes} episodes collected");
        return (trained, device);
    }

    /// <summary>A whole number of the command line that must be at least 1.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="option">The option.</param>
    /// <exception cref="UnusableInputException">It is below 1.</exception>
    public static int Positive(ParseResult line, Option<int> option)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(option);
        var value = line.GetValue(option);
        return value >= 1 ? value : throw new UnusableInputException($"{option.Name} {value}: must be at least 1.");
    }
}
