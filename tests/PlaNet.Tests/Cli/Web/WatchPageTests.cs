using OpenQA.Selenium;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli.Web;

/// <summary>The page of <c>planet watch</c> in a headless Chromium.</summary>
public sealed class WatchPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task An_episode_is_stepped_through_played_and_rewound_by_the_keyboard()
    {
        using var browser = new Browser();
        SmallRun.Run(_folder["run"]);
        using var planet = PlanetProcess.Start(["watch", "--run", _folder["run"], "--port", "0", "--elites", "2"]);
        var (line, _) = await planet.Printed("watch: http://");
        browser.Open(new Uri(line["watch: ".Length..].Trim()));
        await Shows(browser, step: 0, played: 1);
        Assert.Contains("small: cartpole_swingup", browser.Text("#run"), StringComparison.Ordinal);
        Assert.Contains("model of 10 updates", browser.Text("#model"), StringComparison.Ordinal);
        Assert.Equal(3, browser.Value<long>("document.querySelectorAll('.future').length"));

        // Every pixel of the model is a square of pixels of the page.
        Assert.Equal(256, browser.Value<long>("document.querySelector('#frame').clientWidth"));
        Assert.Equal("pixelated", browser.Value<string>("getComputedStyle(document.querySelector('#frame')).imageRendering"));
        Assert.Equal(3 * 64, browser.Value<long>("document.querySelector('.future img').clientWidth"));
        var start = browser.Value<string>("document.querySelector('#frame').src");
        var facts = browser.Text("#facts");
        Assert.Contains("not played yet", facts, StringComparison.Ordinal);

        browser.Press(Keys.ArrowRight);
        await Shows(browser, step: 1, played: 2);
        Assert.NotEqual(start, browser.Value<string>("document.querySelector('#frame').src"));
        browser.Press(Keys.ArrowLeft);
        await Shows(browser, step: 0, played: 2);
        Assert.Equal(start, browser.Value<string>("document.querySelector('#frame').src"));
        Assert.DoesNotContain("not played yet", browser.Text("#facts"), StringComparison.Ordinal);

        // A focused button must not take the space bar for itself as well.
        browser.Value<object?>("document.querySelector('#back').focus()");
        browser.Press(Keys.Space);
        await Shows(browser, step: 8, played: 9);
        await browser.Until("document.querySelector('#status').innerText === 'the episode is over'");
        Assert.Contains("The episode is over: return ", browser.Text("#futures"), StringComparison.Ordinal);
        Assert.Equal("8", browser.Value<string>("document.querySelector('#rewards').dataset.points"));
        browser.Press(Keys.Home);
        await Shows(browser, step: 0, played: 9);
        browser.Press(Keys.End);
        await Shows(browser, step: 8, played: 9);
        browser.Press("r");
        await Shows(browser, step: 0, played: 1);
        Assert.Contains("episode 2", browser.Text("#model"), StringComparison.Ordinal);
        Assert.Empty(browser.Problems());
    }

    [Fact]
    public async Task The_page_fits_a_laptop_in_the_light_and_in_the_dark()
    {
        using var browser = new Browser("--force-device-scale-factor=1");
        SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment);
        using var planet = PlanetProcess.Start(["watch", "--run", _folder["run"], "--port", "0"]);
        var (line, _) = await planet.Printed("watch: http://");
        browser.Open(new Uri(line["watch: ".Length..].Trim()));
        var backs = new List<string>();
        foreach (var scheme in new[] { "light", "dark" })
        {
            browser.Prefer(scheme);
            await Shows(browser, step: 0, played: 1);
            Assert.True(browser.Value<bool>("document.documentElement.scrollHeight <= innerHeight"));
            Assert.True(browser.Value<bool>("document.documentElement.scrollWidth <= innerWidth"));
            Assert.Equal(3, browser.Value<long>("document.querySelectorAll('.plot canvas').length"));
            backs.Add(browser.Value<string>("getComputedStyle(document.body).backgroundColor"));
        }

        Assert.NotEqual(backs[0], backs[1]);

        // The page says what is wrong, and that it no longer plays.
        await planet.Interrupt();
        await planet.End();
        browser.Press(Keys.ArrowRight);
        await browser.Until("document.querySelector('#status').innerText.includes('has ended')");
    }

    public void Dispose() => _folder.Dispose();

    private static Task Shows(Browser browser, int step, int played) => browser.Until(
        $"document.querySelector('#where').innerText === '{step} of 8' && document.querySelector('#position').max === '{played - 1}' "
        + "&& [...document.images].every(image => image.complete && image.naturalWidth > 0)");
}
