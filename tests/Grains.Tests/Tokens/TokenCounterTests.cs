using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline.Tokens;

namespace Prism.Tests.Tokens;

public class TokenCounterTests
{
    private static readonly TokenCounter Tokens = new();

    // From https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken, with the counts that OpenAI's API reports there.
    private static readonly ChatRequest Cookbook = new()
    {
        Messages =
        [
            ChatMessage.Create("system", "You are a helpful, pattern-following assistant that translates corporate jargon into plain English."),
            ChatMessage.Create("system", "New synergies will help drive top-line growth.") with { Name = "example_user" },
            ChatMessage.Create("system", "Things working well together will increase revenue.") with { Name = "example_assistant" },
            ChatMessage.Create(
                "system",
                "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.") with { Name = "example_user" },
            ChatMessage.Create("system", "Let's talk later when we're less busy about how to do better.") with { Name = "example_assistant" },
            ChatMessage.Create("user", "This late pivot means we don't have time to boil the ocean for the client deliverable."),
        ],
    };

    [Theory]
    [InlineData("gpt-3.5-turbo", 129)]
    [InlineData("gpt-4-0613", 129)]
    [InlineData("gpt-4", 129)]
    [InlineData("gpt-4o", 124)]
    [InlineData("gpt-4o-mini", 124)]
    public void A_prompt_counts_as_OpenAI_counts_it(string model, int expected) => Assert.Equal(expected, Tokens.CountPrompt(model, Cookbook));

    [Theory]
    // From the same page: "antidisestablishmentarianism", "2 + 2 = 4", "お誕生日おめでとう" by encoding.
    [InlineData("gpt-4", "antidisestablishmentarianism", 6)]
    [InlineData("gpt-3.5-turbo", "2 + 2 = 4", 7)]
    [InlineData("gpt-4-turbo", "お誕生日おめでとう", 9)]
    [InlineData("gpt-4o", "antidisestablishmentarianism", 6)]
    [InlineData("gpt-4.1", "2 + 2 = 4", 7)]
    [InlineData("gpt-4o", "お誕生日おめでとう", 8)]
    [InlineData("claude-sonnet-4-5", "お誕生日おめでとう", 8)]
    [InlineData("gpt-4o", "", 0)]
    [InlineData("gpt-4o", null, 0)]
    public void A_text_counts_by_the_models_encoding(string model, string? text, int expected) => Assert.Equal(expected, Tokens.CountText(model, text));

    [Fact]
    public void Parts_tools_and_tool_calls_of_a_prompt_are_counted_and_images_are_not()
    {
        var plain = Tokens.CountPrompt("gpt-4o", new() { Messages = [ChatMessage.Create("user", "hello\nworld")] });
        var parts = new MessageContent(
        [
            new ContentPart { Type = ContentPart.TextType, Text = "hello" },
            new ContentPart { Type = ContentPart.ImageType, ImageUrl = new() { Url = "https://host.test/cat.png" } },
            new ContentPart { Type = ContentPart.TextType, Text = "world" },
        ]);
        var rich = new ChatRequest
        {
            Messages = [new() { Role = "user", Content = parts }, new() { Role = "assistant", ToolCalls = [Call("hello", "hello world")] }],
            Tools = [new() { Type = "function", Function = new() { Name = "hello", Description = "hello world", Parameters = JsonElement.Parse("1") } }],
        };

        // The assistant's message is 3, its role 1, its call 1 + 2; the tool is 1 + 2 + 1.
        Assert.Equal(plain + 3 + 1 + 3 + 4, Tokens.CountPrompt("gpt-4o", rich));
    }

    [Theory]
    [InlineData("gpt-4", "cl100k_base")]
    [InlineData("gpt-4o", "o200k_base")]
    public void A_long_text_of_words_counts_exactly_although_it_is_cut(string model, string encoding)
    {
        string[] words = ["hello", "It's", "x=1;", "  indented", "\n\n", "tab\t", "日本語", "42,000", "-", "naïve", "🙂", "end.", "\r\n", "a/b"];
        var random = new Random(20260104);
        var text = string.Join(' ', Enumerable.Range(0, 20_000).Select(_ => words[random.Next(words.Length)]));

        Assert.Equal(TiktokenTokenizer.CreateForEncoding(encoding).CountTokens(text), Tokens.CountText(model, text));
    }

    [Theory]
    [InlineData("a", 150_000)]
    [InlineData(" ", 9_375)]
    [InlineData("🙂", 600_000)]
    public async Task A_long_run_without_a_break_is_counted_in_time_and_nearly_exactly(string unit, int expected)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 1_200_000 / unit.Length));

        // In one piece the letters alone take most of ten minutes.
        var count = await Task.Run(() => Tokens.CountText("gpt-4o", text)).WaitAsync(Patience.Limit);

        Assert.InRange(count, expected * 0.9, expected * 1.15);
    }

    [Fact]
    public void No_message_is_no_tokens() => Assert.Equal(0, Tokens.CountAnswer("gpt-4o", null));

    [Fact]
    public void Many_threads_that_need_the_first_tokenizers_at_once_all_count_right()
    {
        var tokens = new TokenCounter();
        var counts = new int[32];

        Parallel.For(0, counts.Length, i => counts[i] = tokens.CountText(i % 2 == 0 ? "gpt-4" : "gpt-4o", "hello world"));

        Assert.All(counts, count => Assert.Equal(2, count));
    }

    private static ToolCall Call(string name, string arguments) => new() { Id = "1", Function = new() { Name = name, Arguments = arguments } };
}
