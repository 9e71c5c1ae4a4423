using Prism.Pipeline.Tokens;

namespace Prism.Tests.Tokens;

/// <summary>Tokens of texts that come in pieces.</summary>
public sealed class StreamedTokensTests
{
    private const string Model = "gpt-4o";

    private readonly TokenCounter _counter = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40_000)]
    public void A_text_that_comes_in_pieces_has_as_many_as_the_whole(int piece)
    {
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"word {i % 100} "));
        var tokens = new StreamedTokens(_counter, Model);
        foreach (var part in text.Chunk(piece))
        {
            tokens.Append(new string(part));
        }

        // A cut costs a token at most.
        Assert.InRange(tokens.Count() - _counter.CountText(Model, text), 0, 1 + (text.Length / StreamedTokens.PartLength));
    }

    [Fact]
    public void Of_a_text_without_end_parts_stand_for_others_and_none_is_kept()
    {
        const string Piece = "one two three four ";
        var tokens = new StreamedTokens(_counter, Model);
        var length = 4L * StreamedTokens.ExactParts * StreamedTokens.PartLength;
        for (var sent = 0L; sent < length; sent += Piece.Length)
        {
            tokens.Append(Piece);
        }

        var expected = length / Piece.Length * 4;
        Assert.InRange(tokens.Count(), expected * 0.98, expected * 1.02);
    }
}
