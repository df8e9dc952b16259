using System.CommandLine;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The option that specifies the device: <c>--device cpu|cuda</c>.</summary>
public sealed class DeviceChoice
{
    private readonly Option<string> _device = new("--device")
    {
        Description = "Device of the model: cpu or cuda",
        HelpName = "cpu|cuda",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>Adds the option to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_device);
    }

    /// <summary>The requested device. There is no fallback from one to the other.</summary>
    /// <exception cref="UnusableInputException">The device is unknown or not available.</exception>
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
