using System.Globalization;
using static Prism.Tests.Costs.Prices;

namespace Prism.Tests.Costs;

public sealed class PriceTableTests
{
    [Theory]
    [InlineData("openai", "gpt-4o-mini", "0.15")]
    [InlineData("OpenAI", "gpt-4o-mini-2024-07-18", "0.15")]
    [InlineData("openai", "gpt-4o-2024-08-06", "2.5")]
    [InlineData("openai", "gpt-4o-2024-05-13", "5")]
    [InlineData("openai", "ft:gpt-4o-mini-2024-07-18:acme::x1", "0.3")]
    [InlineData("anthropic", "claude-sonnet-4-5", "3")]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", "3")]
    [InlineData("anthropic", "claude-sonnet-4-5@20250929", "3")]
    [InlineData("anthropic", "claude-3-5-haiku-latest", "0.8")]
    [InlineData("anthropic", "claude-opus-4-20250514", "15")]
    [InlineData("anthropic", "claude-opus-4-5-20251101", "5")]
    [InlineData("ollama", "llama3.1", "0")]
    [InlineData("echo", "echo-v1", "0")]
    public void A_name_stands_for_its_versions(string provider, string model, string input) =>
        Assert.Equal(decimal.Parse(input, CultureInfo.InvariantCulture), Read().Find(provider, model)?.Input);

    [Theory]
    [InlineData("openai", "gpt-4o-audio-preview")]
    [InlineData("openai", "gpt-4o-mini-search-preview")]
    [InlineData("openai", "gpt-4o-20240")]
    [InlineData("openai", "gpt-99")]
    [InlineData("openai", "")]
    [InlineData("anthropic", "gpt-4o")]
    [InlineData("anthropic", "claude-opus-9")]
    [InlineData("vllm", "gpt-4o")]
    [InlineData("unheard-of", "gpt-4o")]
    public void What_only_looks_alike_has_no_price(string provider, string model) => Assert.Null(Read().Find(provider, model));

    [Fact]
    public void An_answer_is_paid_for_to_the_last_digit()
    {
        var table = Read();

        Assert.Equal(0.00000075m, table.Find("openai", "gpt-4o-mini")!.CostOf(Took(1, 1)));
        Assert.Equal(0.000000005m, table.Find("openai", "gpt-5-nano")!.CostOf(Took(1, 0, cached: 1)));
        // 600 × 2.5 + 400 × 1.25 + 50 × 10 millionths
        Assert.Equal(0.0025m, table.Find("openai", "gpt-4o")!.CostOf(Took(1000, 50, cached: 400)));
        // 100 × 3 + 200 × 0.3 + 300 × 3.75 + 400 × 6 + 10 × 15 millionths
        Assert.Equal(
            0.004035m,
            table.Find("anthropic", "claude-sonnet-4-5")!.CostOf(Took(1000, 10, cached: 200, written: 700, writtenForAnHour: 400)));
    }

    [Fact]
    public void Many_answers_cost_many_times_one()
    {
        var price = Read().Find("openai", "gpt-5-nano")!;
        var sum = 0m;

        for (var i = 0; i < 100_000; i++)
        {
            sum += price.CostOf(Took(7, 3, cached: 2));
        }

        Assert.Equal(price.CostOf(Took(7, 3, cached: 2)) * 100_000, sum);
        Assert.Equal(0.146m, sum);
    }

    [Theory]
    [InlineData(-1, -1, null, null, null, "0")]
    [InlineData(10, 0, 20, null, null, "0.000003")]
    [InlineData(10, 0, -5, null, null, "0.00003")]
    [InlineData(10, 0, 4, 20, 30, "0.0000372")]
    [InlineData(10, 0, null, null, 4, "0.000042")]
    public void A_usage_that_cannot_be_costs_what_it_can(
        int prompt, int answer, int? cached, int? written, int? writtenForAnHour, string cost) => Assert.Equal(
        decimal.Parse(cost, CultureInfo.InvariantCulture),
        Read().Find("anthropic", "claude-sonnet-4-5")!.CostOf(Took(prompt, answer, cached, written, writtenForAnHour)));

    [Fact]
    public void A_file_adds_prices_and_takes_the_place_of_others()
    {
        using var file = new PricesFile(
            """
            {
              // Ours, as negotiated.
              "openai": { "date": "2026-01-01", "models": { "gpt-4o": { "input": 1, "output": 2 } } },
              "VLLM": { "models": {
                "qwen*": { "input": 0.5, "output": 0.6 },
                "qwen3-coder": { "input": 0.7, "cached_input": 0.1, "cache_write": 0.8, "output": 0.9 },
                "qwen3-coder-2026*": { "input": 0.3, "output": 0.3 },
              } },
              "ollama": { "models": { "gpt-oss:120b-cloud": { "input": 1, "output": 1 } } },
              "somebody-elses": { "models": { "*": { "input": 1, "output": 1 } } },
            }
            """);
        var table = Read(file.Path);

        Assert.Equal((1m, 1m, 2m), table.Find("openai", "gpt-4o-2024-08-06") is { } own ? (own.Input, own.CachedInput, own.Output) : default);
        Assert.Equal(0.15m, table.Find("openai", "gpt-4o-mini")!.Input);
        Assert.Equal(0.5m, table.Find("vllm", "qwen2.5")!.Input);
        Assert.Equal((0.7m, 0.1m, 0.8m), table.Find("vllm", "qwen3-coder") is { } code ? (code.Input, code.CachedInput, code.CacheWrite1h) : default);
        Assert.Equal(0.3m, table.Find("vllm", "qwen3-coder-2026-01-01")!.Input);
        Assert.Equal(0.7m, table.Find("vllm", "qwen3-coder-2025-01-01")!.Input);
        Assert.Null(table.Find("vllm", "llama"));
        Assert.Equal(1m, table.Find("ollama", "gpt-oss:120b-cloud")!.Input);
        Assert.Equal(0m, table.Find("ollama", "gpt-oss:20b")!.Input);
    }
}
