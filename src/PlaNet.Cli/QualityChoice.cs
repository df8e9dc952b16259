using System.CommandLine;
using PlaNet.MuJoCo;

namespace PlaNet.Cli;

/// <summary>The option <c>--quality reference|fast</c>.</summary>
internal static class QualityChoice
{
    /// <summary>Creates the option.</summary>
    public static Option<RenderQuality> NewOption()
    {
        var option = new Option<RenderQuality>("--quality")
        {
            Description = "Quality of the images: reference or fast",
            HelpName = "reference|fast",
            DefaultValueFactory = _ => RenderQuality.Reference,
        };

        // System.CommandLine also accepts any number for an enumeration.
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Enum.GetNames<RenderQuality>().Contains(token.Value, StringComparer.OrdinalIgnoreCase))
            {
                result.AddError($"--quality {token.Value}: must be one of reference, fast");
            }
        });
        return option;
    }
}
