using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Interfaces.Templates;
using Prism.Grains.Templates;

namespace Prism.Tests.Templates;

/// <summary>What a silo keeps of its users' templates, and for how long.</summary>
public sealed class TemplateCacheTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedTemplateGrain _grain = new();
    private readonly TemplateCache _cache;

    public TemplateCacheTests() => _cache = new(
        ScriptedGrains.Of(_grain), new TemplateEngine(new TemplateOptions { Deadline = TimeSpan.FromHours(1) }, TimeProvider.System), _time, NullLogger<TemplateCache>.Instance);

    [Fact]
    public async Task What_is_known_costs_no_call()
    {
        var first = await FindAsync(Reading("one"));

        _time.Advance(TemplateLease.Life / 2 - TimeSpan.FromTicks(1));
        var second = BeginAsync();

        Assert.True(second.IsCompletedSuccessfully);
        Assert.Same(first.Template, (await second).Template);
        Assert.Single(_grain.Asks);
    }

    [Fact]
    public async Task What_is_in_use_is_renewed_beside_the_requests()
    {
        var first = await FindAsync(Reading("one"));
        _time.Advance(TemplateLease.Life / 2);

        var (second, third) = (BeginAsync(), BeginAsync());
        Assert.True(second.IsCompletedSuccessfully && third.IsCompletedSuccessfully);
        await _grain.AnswerAsync(new() { IsKnown = true });

        // The first lease is over. Where the machine has not taken the answer in yet, it is asked for once more.
        _grain.Always = new() { IsKnown = true };
        _time.Advance(TemplateLease.Life / 2);
        var fourth = await BeginAsync().WaitAsync(Patience.Limit);
        Assert.Same(first.Template, fourth.Template);
        Assert.Equal([null, "one"], _grain.Asks.Take(2));
    }

    [Fact]
    public async Task A_lease_counts_from_when_it_was_asked_for()
    {
        var finding = BeginAsync();
        var ask = await _grain.NextAskAsync();
        _time.Advance(TemplateLease.Life);
        ask.SetResult(Reading("one"));
        await finding;

        var again = BeginAsync();
        await _grain.AnswerAsync(Reading("two"));

        Assert.Equal("two", TextOf(await again));
    }

    [Fact]
    public async Task What_is_forgotten_is_asked_for_again_and_compiled_only_if_it_changed()
    {
        var first = await FindAsync(Reading("one"));

        _cache.Forget("global/a");
        var second = await FindAsync(new() { IsKnown = true });
        _cache.Forget("global/a");
        var third = await FindAsync(Reading("two"));

        Assert.Same(first.Template!.Compiled, second.Template!.Compiled);
        Assert.Equal("two", TextOf(third));
        Assert.Equal([null, "one", "one"], _grain.Asks);
    }

    [Fact]
    public async Task An_answer_to_what_was_asked_before_a_change_is_not_kept()
    {
        var before = BeginAsync();
        var old = await _grain.NextAskAsync();
        _cache.Forget("global/a");
        var after = BeginAsync();
        await _grain.AnswerAsync(Reading("two"));
        Assert.Equal("two", TextOf(await after));

        old.SetResult(Reading("one"));
        Assert.Equal("one", TextOf(await before));

        Assert.Equal("two", TextOf(await BeginAsync()));
    }

    [Fact]
    public async Task Who_asks_at_the_same_time_shares_one_call()
    {
        var findings = Enumerable.Range(0, 20).Select(_ => BeginAsync()).ToList();
        await _grain.AnswerAsync(Reading("one"));

        Assert.All(await Task.WhenAll(findings), found => Assert.Equal("one", TextOf(found)));
        Assert.Single(_grain.Asks);
    }

    [Fact]
    public async Task Who_leaves_does_not_take_the_answer_from_the_others()
    {
        using var leaving = new CancellationTokenSource();
        var one = _cache.FindAsync("global/a", leaving.Token).AsTask();
        var other = BeginAsync();

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await _grain.AnswerAsync(Reading("one"));

        Assert.Equal("one", TextOf(await other));
    }

    [Fact]
    public async Task That_there_is_nothing_is_known_too()
    {
        var none = await FindAsync(new());

        var again = BeginAsync();

        Assert.Equal(default, none);
        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal(default, await again);
    }

    [Fact]
    public async Task A_grain_that_cannot_be_asked_is_an_error_once_the_lease_is_over()
    {
        await FindAsync(Reading("one"));
        _time.Advance(TemplateLease.Life);

        var finding = BeginAsync();
        (await _grain.NextAskAsync()).SetException(new TimeoutException());
        var found = await finding;
        var later = await FindAsync(Reading("two"));

        Assert.Null(found.Template);
        Assert.Equal((ChatErrorKind.Overloaded, TimeSpan.FromSeconds(1)), (found.Error?.Kind, found.Error?.RetryAfter));
        Assert.Equal("two", TextOf(later));
    }

    [Fact]
    public async Task What_no_longer_compiles_says_so()
    {
        var found = await FindAsync(new() { Stored = Stored("{{ 1 +", "one") });

        Assert.Null(found.Template);
        Assert.Equal((ChatErrorKind.InvalidRequest, "invalid_template"), (found.Error?.Kind, found.Error?.Code));
    }

    [Fact]
    public async Task Names_that_are_tried_do_not_fill_the_memory_and_do_not_drive_out_what_is_in_use()
    {
        _grain.Always = Reading("one");
        await BeginAsync();
        for (var i = 0; i < 2 * TemplateCache.MostNames; i++)
        {
            await _cache.FindAsync("global/x" + i.ToString(CultureInfo.InvariantCulture), default);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.True(BeginAsync().IsCompletedSuccessfully);
        }

        Assert.InRange(_cache.Count, 1, TemplateCache.MostNames);
    }

    private Task<TemplateFound> BeginAsync() => _cache.FindAsync("global/a", default).AsTask();

    private async Task<TemplateFound> FindAsync(TemplateReading answer)
    {
        var finding = BeginAsync();
        await _grain.AnswerAsync(answer);
        return await finding;
    }

    private static TemplateReading Reading(string text) => new() { Stored = Stored(text, text) };

    private static StoredTemplate Stored(string text, string revision) => new()
    {
        Template = new() { Name = "a", Role = ChatRoles.User, Description = "", Source = text, Version = 1 },
        Revision = revision,
    };

    private static string? TextOf(TemplateFound found) => found.Template?.Template.Source;
}
