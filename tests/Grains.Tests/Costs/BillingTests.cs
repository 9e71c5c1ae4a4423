using Prism.Grains.Interfaces.Chat;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;
using static Prism.Tests.Chat.TestPipeline;

namespace Prism.Tests.Costs;

/// <summary>What a call upstream is billed at: USD 0.15 and 0.60 a million tokens.</summary>
public sealed class BillingTests
{
    private readonly ScriptedProvider _openAi = Create("openai", "gpt-4o-mini");
    private readonly TestPipeline _pipeline;

    public BillingTests() => _pipeline = new(_openAi);

    [Fact]
    public async Task An_answer_has_its_cost_whole_or_streamed()
    {
        _openAi.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("hi", Prices.Took(1000, 100, cached: 400)));
        _openAi.OnStream = (_, _) => Play(Piece("hi", Prices.Took(1000, 100, cached: 400)));

        var whole = await _pipeline.CompleteAsync(ToOpenAi());
        var streamed = await _pipeline.StreamAsync(ToOpenAi());

        Assert.Equal(0.00018m, whole.Response!.Usage!.CostUsd);
        Assert.Equal(0.00018m, streamed[^1].Completed!.CostUsd);
        Assert.Equal(["""{provider="openai",model="gpt-4o-mini"} 0.00036"""], await _pipeline.ScrapeAsync("llm_cost_usd_total"));
    }

    [Fact]
    public async Task What_was_generated_before_the_caller_left_is_billed()
    {
        _openAi.OnStream = (_, _) => Play(Piece("one two"), Piece(" three", ChatUsage.Of(100, 10)), Piece(" four"));

        await foreach (var one in _pipeline.Service.StreamAsync(ToOpenAi(), CancellationToken.None))
        {
            if (one.Chunk is { } chunk && chunk.Choices[0].Delta.Content == " three")
            {
                break;
            }
        }

        Assert.Equal(["""{provider="openai",model="gpt-4o-mini"} 2.1e-05"""], await _pipeline.ScrapeAsync("llm_cost_usd_total"));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_billed_and_one_that_never_came_is_not()
    {
        _openAi.OnStream = (_, _) => Play(Failure(ChatErrorKind.UpstreamServerError));
        await _pipeline.StreamAsync(ToOpenAi());
        Assert.Empty(await _pipeline.ScrapeAsync("llm_cost_usd_total"));

        _openAi.OnStream = (_, _) => Play(Piece("hi", ChatUsage.Of(100, 10)), Failure(ChatErrorKind.UpstreamBrokenOff));
        await _pipeline.StreamAsync(ToOpenAi());
        Assert.Equal(["""{provider="openai",model="gpt-4o-mini"} 2.1e-05"""], await _pipeline.ScrapeAsync("llm_cost_usd_total"));
    }

    [Fact]
    public async Task A_price_that_is_not_known_is_no_price()
    {
        _pipeline.Vendor.OnComplete = (_, _) => Task.FromResult<ProviderResult>(Answer("hi", ChatUsage.Of(100, 10)));

        var outcome = await _pipeline.CompleteAsync();

        Assert.Null(outcome.Response!.Usage!.CostUsd);
        Assert.DoesNotContain(await _pipeline.ScrapeAsync(), line => line.StartsWith("llm_cost_usd_total{", StringComparison.Ordinal));
    }

    private static ChatRequest ToOpenAi() => Ask() with { Provider = "openai" };
}
