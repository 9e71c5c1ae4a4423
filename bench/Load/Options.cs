using Prism.Bench.Cases;

namespace Prism.Bench;

/// <summary>The options of the command line.</summary>
/// <param name="Cases">The cases to run.</param>
/// <param name="Budget">The number and length of the measurements.</param>
/// <param name="Published">The directory of a published Prism; null: publish it first.</param>
/// <param name="Against">The directory of another published Prism to measure beside it; null: none.</param>
internal sealed record Options(IReadOnlyList<Case> Cases, Budget Budget, string? Published, string? Against)
{
    public static string Usage { get; } = $"""
        usage: dotnet run -c Release --project bench/Load -- <case>… [--quick] [--rounds <n>] [--seconds <n>] [--published <directory>] [--against <directory>]

          all          every case but soak
        {string.Join('\n', Case.All.Select(one => $"  {one.Name,-12} {one.Title}"))}

          --quick      short turns, to check that every case works; some four minutes for all
          --rounds     number of turns of each contender
          --seconds    length of a turn; with soak, of the whole load
          --published  directory of a published Prism; without it, the bench publishes one
          --against    directory of another published Prism, to measure beside it

        """;

    /// <summary>Parses a command line; null if it is invalid.</summary>
    public static Options? Parse(string[] args)
    {
        var (cases, budget, published, against) = (new List<Case>(), Budget.Full, default(string), default(string));
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    budget = Budget.Quick;
                    break;
                case "--rounds" when int.TryParse(args.ElementAtOrDefault(++i), out var rounds) && rounds > 0:
                    budget = budget with { Rounds = rounds };
                    break;
                case "--seconds" when double.TryParse(args.ElementAtOrDefault(++i), out var seconds) && seconds > 0:
                    budget = budget with { Seconds = seconds, SoakMinutes = seconds / 60 };
                    break;
                case "--published" when args.ElementAtOrDefault(++i) is { } directory:
                    published = directory;
                    break;
                case "--against" when args.ElementAtOrDefault(++i) is { } directory:
                    against = directory;
                    break;
                case "all":
                    cases.AddRange(Case.Usual);
                    break;
                case var name when Case.All.FirstOrDefault(one => one.Name == name) is { } found:
                    cases.Add(found);
                    break;
                default:
                    return null;
            }
        }

        return cases is [] ? null : new(cases, budget, published, against);
    }
}
