using Microsoft.Extensions.Time.Testing;
using Prism.Grains.Interfaces.Chat;
using Prism.Providers;
using Prism.Providers.Echo;

namespace Prism.Tests.Echo;

public sealed class EchoProviderTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 2, 2, 40, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_answer_is_the_text_to_the_last_space()
    {
        foreach (var text in EchoTexts.All)
        {
            var choice = Assert.Single((await CompleteAsync(Ask(text))).Choices);
            Assert.Equal(text, choice.Message!.Content);
            Assert.Equal(FinishReasons.Stop, choice.FinishReason);
        }
    }

    [Fact]
    public async Task A_stream_is_the_text_word_by_word()
    {
        foreach (var text in EchoTexts.All)
        {
            var chunks = await StreamAsync(Ask(text));

            var words = chunks[..^1].Select(chunk => chunk.Choices[0].Delta.Content!).ToList();
            Assert.Equal(text, string.Concat(words));
            Assert.Equal(EchoTexts.CountWords(text), words.Count);
            Assert.All(words, word => Assert.Equal(1, EchoTexts.CountWords(word)));
        }
    }

    [Fact]
    public async Task A_stream_says_what_an_answer_says()
    {
        foreach (var (text, limit) in EchoTexts.All.Zip(Enumerable.Range(0, int.MaxValue)))
        {
            var request = Ask(text) with { MaxTokens = (limit % 5) + 1, Stop = ["STOP"] };
            var response = await CompleteAsync(request);
            var chunks = await StreamAsync(request);

            Assert.Equal(response.Choices[0].Message!.Content, string.Concat(chunks.Select(chunk => chunk.Choices[0].Delta.Content)));
            Assert.Equal(response.Choices[0].FinishReason, chunks[^1].Choices[0].FinishReason);
            Assert.Equal(response.Usage, chunks[^1].Usage);
            Assert.All(chunks[..^1], chunk => Assert.True(chunk.Usage is null && chunk.Choices[0].FinishReason is null));
        }
    }

    [Fact]
    public async Task The_cap_is_in_words()
    {
        foreach (var text in EchoTexts.All)
        {
            var count = EchoTexts.CountWords(text);
            for (var limit = 1; limit <= count + 1; limit++)
            {
                var response = await CompleteAsync(Ask(text) with { MaxTokens = limit });

                var content = response.Choices[0].Message!.Content!;
                Assert.StartsWith(content, text, StringComparison.Ordinal);
                Assert.Equal(Math.Min(limit, count), response.Usage!.CompletionTokens);
                Assert.Equal(limit < count ? limit : count, EchoTexts.CountWords(content));
                Assert.Equal(limit < count ? FinishReasons.Length : FinishReasons.Stop, response.Choices[0].FinishReason);
            }
        }
    }

    [Fact]
    public async Task The_answer_ends_before_the_first_stop_sequence()
    {
        string[] stops = ["STOP", "\n", "a"];
        foreach (var text in EchoTexts.All)
        {
            var response = await CompleteAsync(Ask(text) with { Stop = [.. stops, ""] });

            var end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(text.Length).Min();
            Assert.Equal(text[..end], response.Choices[0].Message!.Content);
            Assert.Equal(FinishReasons.Stop, response.Choices[0].FinishReason);
        }
    }

    [Fact]
    public async Task Usage_counts_the_words_of_all_messages_and_of_the_answer()
    {
        foreach (var text in EchoTexts.All)
        {
            var request = Ask(text) with
            {
                Messages = [ChatMessage.Create(ChatRoles.System, "Be very terse."), .. Ask(text).Messages, new() { Role = ChatRoles.Assistant }],
            };

            var response = await CompleteAsync(request);

            var words = EchoTexts.CountWords(text);
            Assert.Equal(ChatUsage.Of(words + 3, words), response.Usage);
        }
    }

    [Fact]
    public async Task The_last_thing_that_the_user_said_is_answered()
    {
        var response = await CompleteAsync(new ChatRequest
        {
            Messages =
            [
                ChatMessage.Create(ChatRoles.User, "first"),
                new() { Role = ChatRoles.User, Content = new([new() { Type = "text", Text = "last" }, new() { Type = "text", Text = "words" }]) },
                ChatMessage.Create(ChatRoles.Assistant, "no"),
            ],
        });

        Assert.Equal("last\nwords", response.Choices[0].Message!.Content);
    }

    [Fact]
    public async Task Without_a_user_the_answer_is_empty()
    {
        var request = new ChatRequest { Messages = [ChatMessage.Create(ChatRoles.System, "Be terse.")] };

        var response = await CompleteAsync(request);
        var chunk = Assert.Single(await StreamAsync(request));

        Assert.Equal(("", FinishReasons.Stop), (response.Choices[0].Message!.Content, response.Choices[0].FinishReason));
        Assert.Equal((ChatRoles.Assistant, FinishReasons.Stop), (chunk.Choices[0].Delta.Role, chunk.Choices[0].FinishReason));
        Assert.Equal(ChatUsage.Of(2, 0), chunk.Usage);
    }

    [Fact]
    public async Task All_pieces_of_an_answer_belong_together()
    {
        var chunks = await StreamAsync(Ask("one two three"));

        Assert.StartsWith("chatcmpl-", Assert.Single(chunks.Select(chunk => chunk.Id).Distinct()), StringComparison.Ordinal);
        Assert.All(chunks, chunk => Assert.Equal((EchoProvider.Model, Now.ToUnixTimeSeconds()), (chunk.Model, chunk.Created)));
        Assert.Equal(["assistant", null, null, null], chunks.Select(chunk => chunk.Choices[0].Delta.Role));
        Assert.NotEqual(chunks[0].Id, (await StreamAsync(Ask("one")))[0].Id);
    }

    private static ChatRequest Ask(string text) => new() { Messages = [ChatMessage.Create(ChatRoles.User, text)] };

    private static EchoProvider Create() =>
        new(new ProviderOptions { Name = "echo", Type = ProviderType.Echo, DefaultModel = EchoProvider.Model }, new FakeTimeProvider(Now));

    private static async Task<ChatResponse> CompleteAsync(ChatRequest request) =>
        (await Create().CompleteAsync(request, CancellationToken.None)).Response!;

    private static async Task<List<ChatChunk>> StreamAsync(ChatRequest request)
    {
        var chunks = new List<ChatChunk>();
        await foreach (var streamEvent in Create().StreamAsync(request, CancellationToken.None))
        {
            chunks.Add(streamEvent.Chunk!);
        }

        return chunks;
    }
}
