namespace Prism.Silo.Configuration;

/// <summary>
/// How many letters have to be added, left out, changed, or swapped with their neighbour to make one word of another (the optimal string
/// alignment distance, <see href="https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance"/>).
/// </summary>
internal static class EditDistance
{
    public static int Between(string from, string to)
    {
        var cost = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            for (var j = 0; j <= to.Length; j++)
            {
                cost[i, j] = i == 0 || j == 0 ? i + j : Cheapest(cost, from, to, i, j);
            }
        }

        return cost[from.Length, to.Length];
    }

    private static int Cheapest(int[,] cost, string from, string to, int i, int j)
    {
        var cheapest = Math.Min(Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1, cost[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1));
        return i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1]
            ? Math.Min(cheapest, cost[i - 2, j - 2] + 1)
            : cheapest;
    }
}
