using Microsoft.Extensions.Time.Testing;
using Prism.Chains;
using Prism.Templates;

namespace Prism.Tests.Chains;

/// <summary>A machine that stands still while a template is rendered.</summary>
public sealed class SecondChanceTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(2, "3", 3)]
    [InlineData(3, null, 3)]
    [InlineData(0, "3", 1)]
    public void A_rendering_that_was_held_up_is_repeated_but_not_for_ever(int stalls, string? text, int renderings)
    {
        var engine = new TemplateEngine(new TemplateOptions(), _time);
        var template = engine.Compile("{{ 1 + 2 }}").Template!;
        var rendered = 0;

        var result = SecondChance.Of(
            () =>
            {
                // Every look at the clock is a second later than the one before.
                _time.AutoAdvanceAmount = rendered++ < stalls ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
                return engine.Render(template, [], default);
            },
            one => one.Error);

        Assert.Equal((text, renderings), (result.Text, rendered));
        Assert.Equal(text is null, result.Error?.Code == "template_limit_exceeded");
    }
}
