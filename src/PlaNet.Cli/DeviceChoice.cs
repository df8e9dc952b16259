using System.CommandLine;
using PlaNet.Torch;

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
        switch (line.GetValue(_device))
        {
            case "cpu":
                return torch.CPU;
            case "cuda":
                return torch.cuda.is_available()
                    ? torch.CUDA
                    : throw new UnusableInputException(
                        "--device cuda: this libtorch sees no CUDA device. Use --device cpu, or build against a CUDA libtorch (CMAKE_PREFIX_PATH) on a machine with an NVIDIA driver.");
            case var other:
                throw new UnusableInputException($"--device {other}: there is no such device. Use cpu or cuda.");
        }
    }
}
