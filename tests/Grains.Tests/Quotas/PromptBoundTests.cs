using System.Text;
using Prism.Grains.Interfaces.Chat;
using Prism.Grains.Quotas;
using Prism.Pipeline.Admission;
using Prism.Pipeline.Tokens;
using Prism.Providers;
using Prism.Tests.Chat;

namespace Prism.Tests.Quotas;

public sealed class PromptBoundTests
{
    private const string Model = "gpt-4o";

    // A message's frame and the prompt's, as PromptBound has them; 44 bytes that are 9 tokens.
    private const int Frames = 16;
    private const string Text = "The quick brown fox jumps over the lazy dog.";

    // Short words, many tokens.
    private static readonly string Wordy = string.Concat(Enumerable.Repeat("a1 b2 c3 ", 50));

    private static readonly TokenCounter Tokens = new();
    private static readonly PromptBound Bound = new(Tokens);

    [Fact]
    public void A_prompt_is_counted_where_its_bytes_would_be_felt_in_a_limit()
    {
        var bytes = Frames + Text.Length;

        // A token for each four bytes of what is sent is the least: 104 of them at the most, for 16 tokens.
        Assert.Equal(26, BoundOf(Ask(Text), bytes * 1_000 - 1));
        Assert.Equal(Tokens.CountAllText(Model, Ask(Wordy)), BoundOf(Ask(Wordy), 0));
        Assert.Equal(bytes, BoundOf(Ask(Text), bytes * 1_000));
        Assert.Equal(bytes, BoundOf(Ask(Text), long.MaxValue));
    }

    [Fact]
    public void A_model_whose_tokenizer_is_not_known_is_never_counted() =>
        Assert.Equal(Frames + Text.Length, BoundOf(Ask(Text) with { Model = "llama3.2" }, 0));

    [Fact]
    public void What_is_bounded_is_never_less_than_what_is_counted()
    {
        var random = new Random(20261123);
        for (var i = 0; i < 500; i++)
        {
            var text = new StringBuilder();
            for (var length = random.Next(40); length > 0; length--)
            {
                // Letters, spaces, and what takes more bytes than it looks like.
                text.Append(random.Next(6) switch
                {
                    0 => new Rune(random.Next(0x1F300, 0x1F6FF)),
                    1 => new Rune(random.Next(0x4E00, 0x9FFF)),
                    2 => new Rune(' '),
                    _ => new Rune(random.Next('a', 'z')),
                });
            }

            var request = Ask(text.ToString());
            Assert.True(BoundOf(request, long.MaxValue) >= BoundOf(request, 0), text.ToString());
        }
    }

    [Fact]
    public void Images_cost_the_same_either_way()
    {
        var request = new ChatRequest
        {
            Model = Model,
            Messages = [new() { Role = ChatRoles.User, Content = new([new ContentPart { Type = ContentPart.ImageType, ImageUrl = new() { Url = "data:," } }]) }],
        };

        Assert.All([0, long.MaxValue], scarcest => Assert.InRange(BoundOf(request, scarcest), 1_600, 1_600 + (2 * Frames)));
    }

    [Theory]
    [InlineData(null, null, null, long.MaxValue)]
    [InlineData(500, null, null, 500)]
    [InlineData(500, 400, 9_000, 400)]
    [InlineData(null, 400, 300, 300)]
    public void The_scarcest_limit_decides(int? minute, int? day, int? month, long scarcest) =>
        Assert.Equal(scarcest, new LimitSet { TokensPerMinute = minute, TokensPerDay = day, TokensPerMonth = month }.ScarcestTokens);

    private static ChatRequest Ask(string text) => TestPipeline.Ask(text) with { Model = Model };

    private static long BoundOf(ChatRequest request, long scarcest) => Bound.Of(request, scarcest, ProviderType.OpenAi);
}
