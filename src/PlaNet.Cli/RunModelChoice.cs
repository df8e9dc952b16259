using System.CommandLine;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The options that specify the run whose model is inspected, the seed and the device.</summary>
public sealed class RunModelChoice
{
    private readonly Option<string> _run = new("--run") { Description = "The run directory", HelpName = "DIR", Required = true };
    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Seed of the random numbers",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private readonly DeviceChoice _device = new();

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_run);
        verb.Add(_seed);
        _device.AddTo(verb);
    }

    /// <summary>The value of --run, the run directory.</summary>
    public string Directory(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetRequiredValue(_run);
    }

    /// <summary>The value of --seed.</summary>
    public ulong Seed(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_seed);
    }

    /// <summary>Loads the newest checkpoint of the run, and prints the run's name and progress.</summary>
    /// <returns>The model, owned by the caller, and its device.</returns>
    public (TrainedModel Model, torch.Device Device) Load(ParseResult line)
    {
        var output = line.InvocationConfiguration.Output;
        var run = Directory(line);
        var (experiment, _) = RunDirectory.Read(run);
        TorchRuntime.Configure(experiment.Compute);
        var device = _device.Read(line);
        var trained = TrainedModel.Load(run, device, warning => output.WriteLine($"warning: {warning}"));
        var progress = trained.State.Progress;
        output.WriteLine($"{experiment.Name}, {progress.Updates} updates, {progress.Episodes} episodes collected");
        return (trained, device);
    }

    /// <summary>The value of an option, which must be at least 1.</summary>
    /// <exception cref="UnusableInputException">The value is below 1.</exception>
    public static int Positive(ParseResult line, Option<int> option)
    {
        ArgumentNullException.ThrowIfNull(line);
        ArgumentNullException.ThrowIfNull(option);
        var value = line.GetValue(option);
        return value >= 1 ? value : throw new UnusableInputException($"{option.Name} {value}: must be at least 1. Give such a number.");
    }
}
