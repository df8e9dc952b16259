namespace PlaNet.Common;

/// <summary>Foreign text in messages.</summary>
public static class OneLine
{
    /// <summary>The text on one line, shortened, with a space for each control character.</summary>
    /// <param name="text">Text from a file, another program or another machine.</param>
    /// <param name="longest">Characters after which it is cut. Default 160.</param>
    public static string Of(string text, int longest = 160)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = string.Concat(text.Take(longest).Select(letter => char.IsControl(letter) ? ' ' : letter));
        return text.Length > longest ? line + "..." : line;
    }
}
