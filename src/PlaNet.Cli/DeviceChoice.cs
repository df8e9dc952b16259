using System.CommandLine;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The option by which a verb is told its device: <c>--device cpu|cuda</c>.</summary>
public sealed class DeviceChoice
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "Where the model lives: cpu or cuda",
        HelpName = "cpu|cuda",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>Adds the option to a verb.</summary>
    /// <param name="verb">The verb that needs a device.</param>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_device);
    }

    /// <summary>The device that was asked for. There is no fallback from one to the other.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="UnusableInputException">The device is unknown or not there.</exception>
    public torch.Device Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        try
        {
            return TorchRuntime.DeviceOf(line.GetValue(_device)!);
        }
        catch (NotSupportedException refused)
        {
            throw new UnusableInputException($"--device {line.GetValue(_device)}: {refused.Message}", refused);
        }
    }
}
